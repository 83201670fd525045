import {
  type Api,
  type Definition,
  type Definitions,
  type Direction,
  type Operation,
  parts,
  type Type,
} from './shapes.ts'

/** A definition as one direction sees it, under the name it has there. */
export type Model = { readonly name: string; readonly definition: Definition; readonly direction: Direction }

/**
 * Which definitions the operations use and which way. A shape that travels both ways has two types when they can
 * differ: `Price` (money out: a number) and `PriceInput` (money in: a number or a decimal string).
 */
export class Usage {
  readonly #definitions: Definitions
  readonly #used = { input: new Set<string>(), output: new Set<string>() }

  constructor(api: Api) {
    this.#definitions = api.definitions
    for (const operation of api.operations) {
      for (const type of inputs(operation)) this.#visit(type, 'input')
      for (const type of outputs(operation)) this.#visit(type, 'output')
    }
    this.#refuseCollisions()
  }

  /** What `name` is called in this direction. */
  nameOf(name: string, direction: Direction): string {
    return direction === 'input' && this.#used.output.has(name) && !this.isPlain(name) ? `${name}Input` : name
  }

  /** A union of literals or a scalar: the same both ways. */
  isPlain(name: string): boolean {
    const definition = this.#definitions.get(name)
    return definition !== undefined && isPlain(definition.type)
  }

  /** All models to write, sorted by name. Plain ones appear once, as output. */
  models(): readonly Model[] {
    const models: Model[] = []
    for (const definition of this.#definitions.values()) {
      const { name } = definition
      const input = this.#used.input.has(name)
      const output = this.#used.output.has(name)
      if (this.isPlain(name)) {
        if (input || output) models.push({ name, definition, direction: 'output' })
        continue
      }
      if (output) models.push({ name, definition, direction: 'output' })
      if (input) models.push({ name: this.nameOf(name, 'input'), definition, direction: 'input' })
    }
    return models.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  #visit(type: Type, direction: Direction): void {
    if (type.kind === 'named') {
      if (this.#used[direction].has(type.name)) return
      this.#used[direction].add(type.name)
      const definition = this.#definitions.get(type.name)
      if (definition !== undefined) this.#visit(definition.type, direction)
      return
    }
    for (const part of parts(type)) this.#visit(part, direction)
  }

  #refuseCollisions(): void {
    const names = new Set<string>()
    for (const { name } of this.models()) {
      if (names.has(name)) throw new Error(`Two shapes would be called "${name}"; rename one of them`)
      names.add(name)
    }
  }
}

function isPlain(type: Type): boolean {
  switch (type.kind) {
    case 'scalar':
      return type.scalar !== 'money' && type.scalar !== 'unknown'
    case 'literal':
      return true
    case 'union':
      return type.of.every(isPlain)
    case 'array':
    case 'map':
    case 'named':
    case 'object':
      return false
    default:
      return type satisfies never
  }
}

function inputs(operation: Operation): readonly Type[] {
  const query = operation.query.map((field) => field.type)
  return operation.body === undefined ? query : [...query, operation.body.type]
}

function outputs({ answer }: Operation): readonly Type[] {
  switch (answer.kind) {
    case 'nothing':
    case 'bytes':
    case 'text':
      return []
    case 'one':
      return [answer.type]
    case 'many':
    case 'pages':
      return [answer.items]
    default:
      return answer satisfies never
  }
}
