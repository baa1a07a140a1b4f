/** Crowds at one broker: connections that only stand there, and members of one group that beat. */
import { reasonOf } from '../../../src/base/faults.ts'
import type { Connection } from '../../../src/client/connection.ts'
import { openConnection } from '../../../src/client/open-connection.ts'
import { realClock } from '../../../src/io/clock.ts'
import { errorName } from '../../../src/protocol/error-codes.ts'
import { heartbeat } from '../../../src/protocol/messages/heartbeat.ts'
import { joinGroup } from '../../../src/protocol/messages/join-group.ts'
import { syncGroup } from '../../../src/protocol/messages/sync-group.ts'

const connectionOptions = {
  clientId: 'crowd',
  clock: realClock,
  connectTimeoutMs: 30_000,
  requestTimeoutMs: 120_000,
  receiveChunkBytes: 512,
  frameBytesMax: 64 * 1024 * 1024,
  inFlightMax: 5,
}

export interface Crowd extends Disposable {
  readonly size: number
}

/** Opens so many connections, a hundred at a time; each has asked for ApiVersions. */
export const connect = async (port: number, count: number): Promise<Connection[]> => {
  const open: Connection[] = []
  while (open.length < count) {
    const some = Array.from({ length: Math.min(100, count - open.length) }, () =>
      openConnection({ host: '127.0.0.1', port }, connectionOptions),
    )
    open.push(...(await Promise.all(some)))
  }
  return open
}

const refuse = (what: string, errorCode: number): void => {
  if (errorCode !== 0) throw new Error(`${what}: ${errorName(errorCode)}`)
}

const groupId = 'crowd'
const protocol = { protocolType: 'consumer', protocolName: 'range' }
const nothing = Buffer.alloc(0)
const memberIdRequired = 79

const join = async (connection: Connection): Promise<{ memberId: string; generationId: number; all: string[] }> => {
  let memberId = ''
  for (;;) {
    const reply = await connection.request(joinGroup, {
      groupId,
      sessionTimeoutMs: 120_000,
      rebalanceTimeoutMs: 120_000,
      memberId,
      protocolType: protocol.protocolType,
      protocols: [{ name: protocol.protocolName, metadata: nothing }],
    })
    memberId = reply.memberId
    if (reply.errorCode === memberIdRequired) continue
    refuse('JoinGroup', reply.errorCode)
    const isLeader = reply.leaderId === memberId
    return { memberId, generationId: reply.generationId, all: isLeader ? reply.members.map((m) => m.memberId) : [] }
  }
}

/** Joins, takes its share, and joins again for as long as others still come. Resolves when a heartbeat finds the group at rest. */
const settle = async (connection: Connection): Promise<() => Promise<number>> => {
  for (;;) {
    const { memberId, generationId, all } = await join(connection)
    const groupAssignment = all.map((member) => ({ memberId: member, memberAssignment: nothing }))
    const request = { groupId, generationId, memberId, ...protocol, groupAssignment }
    const synced = await connection.request(syncGroup, request)
    const beat = async (): Promise<number> =>
      (await connection.request(heartbeat, { groupId, generationId, memberId })).errorCode
    if (synced.errorCode === 0 && (await beat()) === 0) return beat
  }
}

/** Members of one group on these connections, each beating every three seconds. */
export const gather = async (connections: readonly Connection[]): Promise<Crowd> => {
  const beats = await Promise.all(connections.map(settle))
  const timers = beats.map((beat, i) =>
    setTimeout(
      () => {
        timers[i] = setInterval(() => void beat().catch(reasonOf), 3000)
      },
      (3000 * i) / beats.length,
    ),
  )
  return {
    size: beats.length,
    [Symbol.dispose]() {
      for (const timer of timers) clearInterval(timer)
    },
  }
}
