/** Java programs of ours, compiled against the jars of the client that they try, once for each. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from '../../tidy/tree.ts'
import type { Command } from '../program.ts'
import { build, cached, pathOf } from './toolchain.ts'

/** Compiles `test/interop/programs/<program>.java` for a class path and gives the command that runs it, in a small heap. */
export const javaProgram = (program: string, name: string, classPath: string, args: readonly string[]): Command => {
  const source = join(root, 'test/interop/programs', `${program}.java`)
  const text = readFileSync(source, 'utf8')
  const classes = cached(`java-${name}-${basename(program)}`, `${classPath}\n${text}`, (folder) =>
    build(pathOf('javac'), ['-nowarn', '-encoding', 'UTF-8', '-cp', classPath, '-d', folder, source], folder),
  )
  const options = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', `${classes}:${classPath}`]
  return { command: 'java', args: [...options, program, ...args] }
}
