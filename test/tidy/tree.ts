/** The project's own files, for the house rules that a linter can't say. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

// Whoever unpacked the clone may be another user than the one who runs the tests.
const git = (...args: string[]): string[] =>
  execFileSync('git', ['-c', 'safe.directory=*', ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .split('\n')
    .filter((file) => file !== '')

const ignoredFolders = new Set(['node_modules', 'dist', 'data', 'coverage', 'logs', '.git'])

/** All files of a folder without history, such as an unpacked archive of the sources. */
const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ignoredFolders.has(entry.name) ? [] : filesBelow(path)
    return [path]
  })

/** Paths from the root of every file that git tracks, or would track, and that is still there; without git, of every file. */
export const projectFiles = (): string[] => {
  if (!existsSync(join(root, '.git'))) return filesBelow('')
  const deleted = new Set(git('ls-files', '--deleted'))
  return git('ls-files', '--cached', '--others', '--exclude-standard').filter((file) => !deleted.has(file))
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
