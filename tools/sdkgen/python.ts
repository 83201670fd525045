import { type GeneratedFile, pythonNotice } from './generated-file.ts'
import { pascal, pythonName } from './names.ts'
import { pythonMethod } from './python-operations.ts'
import { inputClass, modelClass, pythonAlias } from './python-types.ts'
import { WireNames } from './python-wire.ts'
import type { Api, Operation } from './shapes.ts'
import { Usage } from './usage.ts'

const folder = 'src/novabilling/generated'

/** The generated half of the Python client: models, arguments' types, and two classes per resource. */
export function pythonFiles(api: Api): readonly GeneratedFile[] {
  const usage = new Usage(api)
  const wire = new WireNames(api.definitions, usage)
  const resources = Map.groupBy(api.operations, (operation) => operation.resource)
  const names = [...resources.keys()].toSorted()
  const resourceFiles = names.map((name) => ({
    path: `${folder}/resources/${pythonName(name)}.py`,
    text: resourceFile(name, resources.get(name) ?? [], { definitions: api.definitions, usage, wire }),
  }))
  return [
    { path: `${folder}/__init__.py`, text: pythonNotice },
    { path: `${folder}/models.py`, text: modelsFile(usage) },
    { path: `${folder}/inputs.py`, text: inputsFile(usage) },
    ...resourceFiles,
    { path: `${folder}/resources/__init__.py`, text: resourcesFile(names) },
    { path: `${folder}/wire_names.py`, text: wireFile(wire) },
  ]
}

function modelsFile(usage: Usage): string {
  const models = usage.models().filter(({ direction }) => direction === 'output')
  const place = { direction: 'output', usage, module: 'models' } as const
  const plain = models.filter(({ name }) => usage.isPlain(name))
  const classes = models.filter(({ definition }) => definition.type.kind === 'object')
  const others = models.filter((model) => !plain.includes(model) && !classes.includes(model))
  const text = [
    ...plain.map(({ name, definition }) => pythonAlias(name, definition.type, place)),
    ...classes.map(({ name, definition }) => modelClass(name, definition, usage)),
    ...others.map(({ name, definition }) => pythonAlias(name, definition.type, place)),
  ].join('\n\n')
  return moduleText('"""What the API answers."""', text, [
    ['import datetime as dt', /\bdt\./],
    ['from decimal import Decimal', /\bDecimal\b/],
    ['from typing import {}', 'Annotated Any Dict List Literal Optional Union'],
    ['from pydantic import Field', /\bField\(/],
    ['from .._models import {}', 'LENIENT Model Number'],
  ])
}

function inputsFile(usage: Usage): string {
  const models = usage.models().filter(({ direction }) => direction === 'input')
  const place = { direction: 'input', usage, module: 'inputs' } as const
  const classes = models.filter(({ definition }) => definition.type.kind === 'object')
  const others = models.filter((model) => !classes.includes(model))
  const text = [
    ...classes.map(({ name, definition }) => inputClass(name, definition, usage)),
    ...others.map(({ name, definition }) => pythonAlias(name, definition.type, place)),
  ].join('\n\n')
  return moduleText('"""What the API takes: the types of dictionaries given as arguments."""', text, [
    ['import datetime as dt', /\bdt\./],
    ['from typing import {}', 'Any Literal Mapping Optional Sequence Union'],
    ['from typing_extensions import {}', 'NotRequired TypedDict'],
    ['from .._wire import {}', 'MoneyInput'],
    ['from . import models', /\bmodels\./],
  ])
}

function resourceFile(
  name: string,
  operations: readonly Operation[],
  context: Parameters<typeof pythonMethod>[1],
): string {
  const classFor = (mode: 'sync' | 'async'): string => {
    const prefix = mode === 'async' ? 'Async' : ''
    const methods = operations.map((operation) => pythonMethod(operation, context, mode)).join('\n')
    return `class ${prefix}${pascal(name)}Resource:
    def __init__(self, caller: ${prefix}Caller) -> None:
        self._caller = caller

${methods}`
  }
  const text = `${classFor('sync')}\n\n${classFor('async')}`
  return moduleText('', text, [
    ['import datetime as dt', /\bdt\./],
    ['from typing import {}', 'Any List Literal Mapping Optional Sequence Union'],
    ['from ..._async_caller import {}', 'AsyncCaller'],
    ['from ..._call import {}', 'Call'],
    ['from ..._caller import {}', 'Caller'],
    [
      'from ..._wire import {}',
      'NOT_GIVEN MoneyInput NotGiven body_of optional_body_of query_of renamed segment',
    ],
    ['from ...pages import {}', 'AsyncPageCall Page'],
    ['from .. import {}', 'inputs models'],
  ])
}

function resourcesFile(names: readonly string[]): string {
  const imports = names
    .map((name) => `from .${pythonName(name)} import Async${pascal(name)}Resource, ${pascal(name)}Resource\n`)
    .join('')
  const classFor = (prefix: string): string =>
    `class ${prefix}Resources:
    """Every resource of the API."""

    def __init__(self, caller: ${prefix}Caller) -> None:
${names.map((name) => `        self.${pythonName(name)} = ${prefix}${pascal(name)}Resource(caller)\n`).join('')}`
  return `${pythonNotice}
from ..._async_caller import AsyncCaller
from ..._caller import Caller
${imports}

${classFor('')}

${classFor('Async')}`
}

function wireFile(wire: WireNames): string {
  return `${pythonNotice}"""How the keys of dictionaries given as arguments are called on the wire, and what they hold."""

from typing import Dict, Optional, Tuple

TABLES: Dict[str, Dict[str, Tuple[str, Optional[str]]]] = ${wire.text()}`
}

type Import = readonly [line: string, used: RegExp | string]

/** The notice, the imports that `text` uses, and the text. A `{}` in an import holds those of its names that are used. */
function moduleText(docstring: string, text: string, imports: readonly Import[]): string {
  const code = text.replaceAll(/"""[^]*?"""/g, '')
  const lines = imports.flatMap(([line, used]) => {
    if (typeof used !== 'string') return used.test(code) ? [line] : []
    const names = used.split(' ').filter((name) => new RegExp(`(?<![\\w."])${name}(?!\\w)`).test(code))
    return names.length === 0 ? [] : [line.replace('{}', names.join(', '))]
  })
  const parts = [pythonNotice.trimEnd(), docstring, '', 'from __future__ import annotations', '', ...lines]
  return `${parts.filter((part, index) => part !== '' || index > 1).join('\n')}\n\n\n${text}`
}
