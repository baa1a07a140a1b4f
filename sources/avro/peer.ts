/** What a client's handshake says of it, and how its events are read: as Flume's own, or through its protocol where that differs. */
import type { Event } from '../../src/flow/event.ts'
import type { EventDecoder } from '../../src/formats/avro-event.ts'
import type { HandshakeRequest, HandshakeResponse } from '../../src/formats/avro-handshake.ts'
import { hasFlumeEvents, protocolHash, protocolText } from '../../src/formats/avro-protocol.ts'
import { type AvroReader, BadAvro } from '../../src/formats/avro-reader.ts'

const ownHash = (): string => protocolHash().toString('hex')

/** Protocols that are remembered; a client of a forgotten one is asked for it again. */
const rememberedMax = 1000

/** Hashes of the protocols that clients have shown, for all connections of a source. */
export class KnownProtocols {
  readonly #hashes = new Set([ownHash()])

  /** Answers a handshake. Throws BadAvro for a protocol whose events are not Flume's. */
  greet({ clientHash, clientProtocol, serverHash }: HandshakeRequest): HandshakeResponse {
    if (clientProtocol !== undefined) this.#learn(clientProtocol, clientHash)
    const isKnown = this.#hashes.has(clientHash.toString('hex'))
    if (isKnown && serverHash.equals(protocolHash())) {
      return { match: 'BOTH', serverProtocol: undefined, serverHash: undefined }
    }
    return { match: isKnown ? 'CLIENT' : 'NONE', serverProtocol: protocolText, serverHash: protocolHash() }
  }

  #learn(text: string, clientHash: Buffer): void {
    if (!isFlume(text))
      throw new BadAvro(
        "The client's protocol has another AvroFlumeEvent than Flume's: headers (map of string), body (bytes)",
      )
    if (this.#hashes.size >= rememberedMax) this.#hashes.clear()
    this.#hashes.add(ownHash()).add(clientHash.toString('hex'))
  }
}

const isFlume = (text: string): boolean => {
  try {
    return hasFlumeEvents(text)
  } catch (thrown) {
    throw new BadAvro("The client's protocol is no JSON", { cause: thrown })
  }
}

/** The parameter of `append` or `appendBatch`. */
export const readEvents = (name: string, decoder: EventDecoder, reader: AvroReader): Event[] | undefined => {
  if (name === 'append') return [decoder.next(reader)]
  if (name !== 'appendBatch') return undefined
  const events: Event[] = []
  for (let count = reader.blockCount(); count > 0; count = reader.blockCount()) {
    for (let i = 0; i < count; i++) events.push(decoder.next(reader))
  }
  return events
}
