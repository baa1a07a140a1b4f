/** Python clients, installed by name and version into an environment of their own. */
import { join } from 'node:path'
import { root } from '../../tidy/tree.ts'
import type { Command } from '../program.ts'
import { build, cached, pathOf } from './toolchain.ts'

/** Installs `requirements` (`name==version`) and gives the command that runs `test/interop/programs/<program>.py`. */
export const pythonProgram = (program: string, requirements: readonly string[], args: readonly string[]): Command => {
  const environment = cached(`python-${program}`, requirements.join('\n'), (folder) => {
    build(pathOf('python3'), ['-m', 'venv', join(folder, 'venv')], folder)
    build(join(folder, 'venv/bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...requirements], folder)
  })
  const script = join(root, 'test/interop/programs', `${program}.py`)
  return { command: join(environment, 'venv/bin/python'), args: ['-u', script, ...args] }
}
