import type { Slice } from '../http/route.ts'
import { access } from './access/index.ts'
import { catalog } from './catalog/index.ts'
import { customers } from './customers/index.ts'
import { keys } from './keys/index.ts'
import { tenants } from './tenants/index.ts'

/** The rooms of the house, lower floors first (floors.json holds them to it). */
export const slices: readonly Slice[] = [access, tenants, keys, customers, catalog]
