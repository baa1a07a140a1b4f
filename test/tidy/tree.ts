/** The project's own files, for the house rules that a linter can't say. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Paths from the root of every file that git tracks, or would track, and that is still there. */
export const projectFiles = (): string[] => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  const deleted = new Set(execFileSync('git', ['ls-files', '--deleted'], { cwd: root, encoding: 'utf8' }).split('\n'))
  return listed.split('\n').filter((file) => file !== '' && !deleted.has(file))
}

export const read = (file: string): string => readFileSync(join(root, file), 'utf8')

export const isTypeScript = (file: string): boolean => file.endsWith('.ts')
export const isTest = (file: string): boolean => /\.(test|fuzz)\.ts$/.test(file)

const importPattern =
  /(?:^|\n)\s*(?:import|export)\b[^'"\n]*?(?:\{[^}]*\}[^'"\n]*?)?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g

/** The modules of the project that a file imports, statically or not, as paths from the root. */
export const importsOf = (file: string): string[] => {
  const found: string[] = []
  for (const [, named, dynamic, bare] of read(file).matchAll(importPattern)) {
    const target = named ?? dynamic ?? bare ?? ''
    if (target.startsWith('.')) found.push(relative(root, join(root, dirname(file), target)))
  }
  return found
}
