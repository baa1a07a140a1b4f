/** Whether anybody listens at an address: for tools that are not to wait for a broker. */
import { connect } from 'node:net'
import type { Address } from '../client/address.ts'

/** A host that says nothing at all within this time is not there. */
const patienceMs = 3000

/** Opens a connection and closes it. Never rejects. */
export const isListenedOn = ({ host, port }: Address): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patienceMs })
    const done = (isThere: boolean): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.on('connect', () => done(true))
    socket.on('timeout', () => done(false))
    socket.on('error', () => done(false))
  })
