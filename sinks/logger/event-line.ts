/** An event as the logger sink prints it: headers as Java prints a map, the body as a hex dump of 16 bytes a line. */
import type { Event, Headers } from '../../src/flow/event.ts'
import { javaMapOrder } from '../../src/formats/java-map-order.ts'

const bytesALine = 16

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')
const character = (byte: number): string => (byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.')

/** 16 cells of three columns, then the characters. */
const dumpLine = (bytes: Uint8Array): string => {
  const cells = [...bytes].map((byte) => `${hex(byte)} `).join('')
  return `${cells.padEnd(3 * bytesALine)}${[...bytes].map(character).join('')}`
}

/** The first line stands behind its cut-off offset's blank; later lines keep their offset of 8 digits. */
const dumped = (body: Uint8Array): string => {
  const lines: string[] = []
  for (let at = 0; at < body.length; at += bytesALine) {
    const offset = at === 0 ? '' : at.toString(16).toUpperCase().padStart(8, '0')
    lines.push(`${offset} ${dumpLine(body.subarray(at, at + bytesALine))}`)
  }
  return lines.join('\n')
}

const headersText = (headers: Headers): string => {
  const names = javaMapOrder(Object.keys(headers))
  return `{${names.map((name) => `${name}=${headers[name] ?? ''}`).join(', ')}}`
}

/** The line for one event, of whose body `bytesMax` bytes are shown. */
export const eventLine = ({ headers, body }: Event, bytesMax: number): string =>
  `Event: { headers:${headersText(headers)} body:${dumped(body.subarray(0, bytesMax))} }`
