/** A process group of a child: signalled as a whole, and looked at until nobody is left in it. */
import { readdirSync, readFileSync } from 'node:fs'
import { systemCode } from '../base/faults.ts'

/** Sends a signal to everybody in the group; 0 only asks. False when nobody is in it any more. */
export const signalGroup = (group: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-group, signal)
  } catch (thrown) {
    if (systemCode(thrown) === 'ESRCH') return false
    throw thrown
  }
}

/** What /proc says of a process: `4711 (name) S parent group …`; the name may hold blanks and parentheses. Undefined when it has ended meanwhile. */
const stateAndGroup = (pid: string): readonly [state: string, group: number] | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return [state, Number(group)]
  } catch (thrown) {
    if (systemCode(thrown) === undefined) throw thrown
    return undefined
  }
}

/**
 * Whether anybody in the group still runs. Ended processes that nobody has reaped count for the system, and in a container without an init
 * process they stay for ever; on Linux they are told apart.
 */
export const isGroupAlive = (group: number): boolean => {
  if (!signalGroup(group, 0)) return false
  if (process.platform !== 'linux') return true
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false
    const found = stateAndGroup(name)
    return found !== undefined && found[1] === group && found[0] !== 'Z' && found[0] !== 'X'
  })
}
