/**
 * The counters over HTTP, as Flume's `-Dflume.monitoring.type=http` serves them. Flume listens on all interfaces without any login; this listens on
 * the loopback unless it is told an address.
 */
import type { FastifyInstance } from 'fastify'
import { Fault, reasonOf, systemCode } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import type { Monitor } from './counters.ts'
import { flumeJson } from './flume-json.ts'

export interface MonitorHttpOptions {
  readonly monitor: Monitor
  /** `flume.monitoring.port`; 0 lets the system choose. */
  readonly port: number
  /** `flume.monitoring.bind`; undefined when nobody said. */
  readonly bind: string | undefined
  readonly log: Log
}

export interface MonitorHttp extends AsyncDisposable {
  /** `http://127.0.0.1:41414`. */
  readonly address: string
}

/** Flume's port when none is given. */
export const monitorPort = 41_414

const loopback = '127.0.0.1'
const page = '<!doctype html><title>Millrace</title><p>For Flume metrics please click <a href="./metrics">here</a>.\n'

/** Rejects with PORT_IN_USE or CANNOT_BIND. */
export const serveMonitor = async ({ monitor, port, bind, log }: MonitorHttpOptions): Promise<MonitorHttp> => {
  const { fastify } = await import('fastify')
  const server = fastify({ logger: false, routerOptions: { caseSensitive: false }, forceCloseConnections: true })
  addRoutes(server, monitor)
  if (bind === undefined) {
    log.warn(`Metrics are served on ${loopback} only. Set flume.monitoring.bind for others to see them.`)
  }
  const address = await listen(server, bind ?? loopback, port)
  log.info(`Metrics are served on ${address}/metrics.`)
  return { address, [Symbol.asyncDispose]: () => server.close() }
}

const addRoutes = (server: FastifyInstance, monitor: Monitor): void => {
  server.get('/metrics', (_request, reply) =>
    reply.header('content-type', 'application/json;charset=utf-8').send(flumeJson(monitor)),
  )
  server.get('/', (_request, reply) => reply.header('content-type', 'text/html;charset=utf-8').send(page))
  server.setNotFoundHandler((request, reply) => {
    const isForbidden = request.method === 'TRACE' || request.method === 'OPTIONS'
    return reply.code(isForbidden ? 403 : 404).send()
  })
}

const listen = async (server: FastifyInstance, host: string, port: number): Promise<string> => {
  try {
    return await server.listen({ host, port })
  } catch (error) {
    await server.close()
    const address = `${host}:${port}`
    if (systemCode(error) === 'EADDRINUSE') throw new Fault('PORT_IN_USE', { address }, error)
    throw new Fault('CANNOT_BIND', { address, problem: reasonOf(error) }, error)
  }
}
