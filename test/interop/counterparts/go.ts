/** Go clients: a module of one program, built once. */
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../tidy/tree.ts'
import type { Command } from '../program.ts'
import { build, cached, pathOf } from './toolchain.ts'

/** Builds `test/interop/programs/<program>.go` with these modules (`path@version`) and gives the command that runs it. */
export const goProgram = (program: string, modules: readonly string[], args: readonly string[]): Command => {
  const source = join(root, 'test/interop/programs', `${program}.go`)
  const recipe = `${modules.join('\n')}\n${readFileSync(source, 'utf8')}`
  const folder = cached(`go-${program}`, recipe, (made) => {
    const env = { GOFLAGS: '-mod=mod -p=2', GOWORK: 'off' }
    const go = (...steps: readonly string[]): void => build(pathOf('go'), steps, made, env)
    copyFileSync(source, join(made, 'main.go'))
    rmSync(join(made, 'go.mod'), { force: true })
    go('mod', 'init', `millrace/interop/${program}`)
    for (const module of modules) go('get', module)
    go('build', '-o', 'client', '.')
  })
  return { command: join(folder, 'client'), args }
}
