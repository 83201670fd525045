/** Stand-ins for what the page cannot know: the host, the account, and the key that is revoked at the end. */
export type Replacements = {
  readonly baseUrl: string
  readonly email: string
  readonly password: string
}

type Language = 'typescript' | 'python'

// How a statement begins in the page's examples. Everything else on the page is prose, shell or JSON.
const starts: { readonly [language in Language]: RegExp } = {
  typescript: /^(?:import \{|const |await client\.|console\.log\(|for \(const )/,
  python: /^(?:from \w+ import |[a-z_]+ = |client\.[a-z_]+\.|print\(|for \w+ in )/,
}

/**
 * The page's examples of one language, in order, as one program: word for word, but for the replacements. The page
 * is plain text that lost its indentation, so Python's is put back: a line after a colon belongs to it.
 */
export function programOf(page: string, language: Language, replacements: Replacements): string {
  const lines = page.split('\n')
  const program: string[] = []
  let indent = ''
  for (let index = 0; index < lines.length;) {
    const line = lines[index] ?? ''
    if (!starts[language].test(line)) {
      index += 1
      continue
    }
    const statement = statementAt(lines, index)
    program.push(`${indent}${statement.join('\n')}`)
    indent = language === 'python' && line.endsWith(':') ? '    ' : ''
    index += statement.length
  }
  return replaced(program.join('\n'), language, replacements)
}

/** The lines from `start` until every bracket that was opened is closed. */
function statementAt(lines: readonly string[], start: number): readonly string[] {
  let depth = 0
  for (let index = start; index < lines.length; index += 1) {
    for (const character of lines[index] ?? '') {
      if ('([{'.includes(character)) depth += 1
      if (')]}'.includes(character)) depth -= 1
    }
    if (depth === 0) return lines.slice(start, index + 1)
  }
  throw new Error(`the example that begins with "${lines[start] ?? ''}" has no end`)
}

function replaced(program: string, language: Language, { baseUrl, email, password }: Replacements): string {
  return program
    .replaceAll('http://localhost:3000', baseUrl)
    .replaceAll('admin@acmecorp.com', email)
    .replaceAll('securepassword123', password)
    .replaceAll(/['"]key_m9n8o7p6q5r4['"]/g, language === 'typescript' ? 'apiKey.id' : 'api_key.id')
}
