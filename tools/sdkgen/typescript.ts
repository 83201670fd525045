import { type GeneratedFile, typescriptNotice } from './generated-file.ts'
import { kebab, pascal } from './names.ts'
import type { Api, Operation } from './shapes.ts'
import { coreExports } from './typescript-exports.ts'
import { queryName, typescriptMethod } from './typescript-operations.ts'
import { typescriptComment, typescriptFields, typescriptType } from './typescript-types.ts'
import { Usage } from './usage.ts'

const folder = 'src/generated'

/** The generated half of the TypeScript client: models, one class per resource, and the package's door. */
export function typescriptFiles(api: Api): readonly GeneratedFile[] {
  const usage = new Usage(api)
  const resources = Map.groupBy(api.operations, (operation) => operation.resource)
  const names = [...resources.keys()].toSorted()
  const models = writtenModels(api, usage)
  return [
    { path: `${folder}/models.ts`, text: `${typescriptNotice}\n${[...models.values()].join('\n')}` },
    ...names.map((name) => ({
      path: `${folder}/${kebab(name)}.ts`,
      text: resourceFile(name, resources.get(name) ?? [], api, usage, models),
    })),
    { path: `${folder}/resources.ts`, text: resourcesFile(names) },
    { path: `${folder}/index.ts`, text: indexFile(names, [...models.keys()]) },
  ]
}

/** The text of each exported type, by its name. */
function writtenModels(api: Api, usage: Usage): ReadonlyMap<string, string> {
  const models = new Map<string, string>()
  for (const { name, definition, direction } of usage.models()) {
    const { type } = definition
    const body =
      type.kind === 'object'
        ? `export interface ${name} {\n${typescriptFields(type.fields, direction, usage)}}\n`
        : `export type ${name} = ${typescriptType(type, direction, usage)}\n`
    models.set(name, `${typescriptComment(definition.description, '')}${body}`)
  }
  for (const operation of api.operations.filter(({ query }) => query.length > 0)) {
    const name = queryName(operation)
    if (models.has(name)) throw new Error(`The name "${name}" is needed for a query`)
    models.set(name, `export interface ${name} {\n${typescriptFields(operation.query, 'input', usage)}}\n`)
  }
  const taken = coreExports.flatMap((door) => [...door.values, ...door.types])
  for (const name of taken) if (models.has(name)) throw new Error(`The client has a "${name}" of its own`)
  return new Map([...models].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function resourceFile(
  name: string,
  operations: readonly Operation[],
  api: Api,
  usage: Usage,
  models: ReadonlyMap<string, string>,
): string {
  const methods = operations
    .map((operation) => typescriptMethod(operation, api.definitions, usage))
    .join('\n')
  const used = [...models.keys()].filter((model) =>
    new RegExp(`\\b${model}\\b`).test(methods.replaceAll(/\/\*\*[^]*?\*\//g, '')),
  )
  const imports = [
    "import type { Caller } from '../caller.ts'\n",
    "import type { RequestOptions } from '../options.ts'\n",
    methods.includes('PageCall<') ? "import type { PageCall } from '../page.ts'\n" : '',
    methods.includes('segment(') ? "import { segment } from '../url.ts'\n" : '',
    used.length > 0 ? `import type { ${used.join(', ')} } from './models.ts'\n` : '',
  ].join('')
  return `${typescriptNotice}
${imports}
export class ${pascal(name)}Resource {
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
  }

${methods}}
`
}

function resourcesFile(names: readonly string[]): string {
  const imports = names
    .map((name) => `import { ${pascal(name)}Resource } from './${kebab(name)}.ts'\n`)
    .join('')
  const fields = names.map((name) => `  readonly ${name}: ${pascal(name)}Resource\n`).join('')
  const made = names.map((name) => `    this.${name} = new ${pascal(name)}Resource(caller)\n`).join('')
  return `${typescriptNotice}
import type { Caller } from '../caller.ts'
${imports}
/** Every resource of the API. */
export class Resources {
${fields}
  constructor(caller: Caller) {
${made}  }
}
`
}

function indexFile(resources: readonly string[], models: readonly string[]): string {
  const core = coreExports.map(
    ({ from, values, types }) =>
      (values.length > 0 ? `export { ${values.join(', ')} } from '../${from}'\n` : '') +
      (types.length > 0 ? `export type { ${types.join(', ')} } from '../${from}'\n` : ''),
  )
  const classes = resources.map(
    (name) => `export type { ${pascal(name)}Resource } from './${kebab(name)}.ts'\n`,
  )
  const types =
    models.length > 0
      ? `export type {\n${models.map((name) => `  ${name},\n`).join('')}} from './models.ts'\n`
      : ''
  return `${typescriptNotice}\n${core.join('')}${classes.join('')}${types}`
}
