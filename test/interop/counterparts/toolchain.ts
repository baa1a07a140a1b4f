/** The compilers and interpreters that foreign clients need. What is missing is left out of a run, and the run says so. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { root } from '../../tidy/tree.ts'

const tools = {
  go: ['/usr/local/go/bin'],
  java: [],
  javac: [],
  mvn: [],
  python3: [],
  kcat: [],
} as const satisfies Record<string, readonly string[]>

/** The path of a tool, on the PATH or where it is usually installed. */
const found = (tool: keyof typeof tools): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter), ...tools[tool]].map((folder) => join(folder, tool)).find(existsSync)

/** Whether a tool is there; where it is not, says which clients are left out. */
export const has = (tool: keyof typeof tools, clients: string): boolean => {
  if (found(tool) !== undefined) return true
  process.stderr.write(`Left out: ${clients}. They need ${tool}, which is not installed here.\n`)
  return false
}

export const pathOf = (tool: keyof typeof tools): string => found(tool) ?? tool

/** A client could not be fetched or built: nothing was seen of what it does. */
export class Unprepared extends Error {}

/** A folder of the cache, and whether what it is for is done: `make` fills it when `recipe` has changed since. */
export const cached = (name: string, recipe: string, make: (folder: string) => void): string => {
  const folder = join(root, 'node_modules', '.cache', 'interop', name)
  const done = join(folder, 'complete')
  if (existsSync(done) && readFileSync(done, 'utf8') === recipe) return folder
  mkdirSync(folder, { recursive: true })
  make(folder)
  writeFileSync(done, recipe)
  return folder
}

/** Runs a step of a build; its output is shown when it fails. Throws `Unprepared`. */
export const build = (command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): void => {
  try {
    execFileSync(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (cause) {
    throw new Unprepared(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
