/**
 * Client programs in other languages. Each tries one ability after another against a broker and prints a line for each, `PASS ability` or
 * `FAIL ability: why`; here every ability becomes a test.
 */
import { expect, it } from 'vitest'
import { Child } from '../support/child.ts'
import { witness } from './witness.ts'

export interface Command {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

export interface ClientProgram {
  readonly client: string
  readonly version: string
  /** What the program must be able to do, as it prints it. */
  readonly abilities: readonly string[]
  /** Builds or installs the program, the first time, and says how to start it. */
  readonly prepare: (bootstrap: string) => Command | Promise<Command>
}

/** One test for each ability. The program runs once, when the first of them begins; `bootstrap` is asked for then. */
export const clientProgram = (
  { client, version, abilities, prepare }: ClientProgram,
  bootstrap: () => string,
): void => {
  let ran: Promise<string> | undefined
  const output = (): Promise<string> => (ran ??= outputOf(prepare, bootstrap()))
  const does = witness(client, version)
  for (const ability of abilities)
    does(ability, async () => {
      const printed = await output()
      const lines = printed.split('\n').filter((line) => line.includes(ability))
      if (!lines.includes(`PASS ${ability}`)) throw new Error(`${lines.join('\n')}\n${printed.slice(-6000)}`)
    })
  it(`${client} ${version}: does nothing that is not in the table`, async () => {
    const found = [...(await output()).matchAll(/^(?:PASS|FAIL) ([^:\n]+)/gm)].map(([, ability]) => ability)
    expect(found.toSorted((a = '', b = '') => (a < b ? -1 : 1))).toEqual(abilities.toSorted((a, b) => (a < b ? -1 : 1)))
  })
}

const outputOf = async (prepare: ClientProgram['prepare'], bootstrap: string): Promise<string> => {
  const { command, args, env } = await prepare(bootstrap)
  const child = new Child(command, args, env === undefined ? {} : { env })
  await child.exited
  return child.output
}
