/** The bytes of the source's answers: the handshake where one was asked for, no metadata, then a status or the text of an error. */
import { avroNumber, avroString } from '../../src/formats/avro-handshake.ts'
import { frameHeadBytes, putFrameHead } from '../../src/formats/avro-frames.ts'
import { type Status, statusNames } from '../../src/formats/avro-protocol.ts'

const framed = (serial: number, parts: readonly Uint8Array[]): Buffer => {
  const message = Buffer.concat(parts)
  const frame = Buffer.allocUnsafeSlow(frameHeadBytes + message.length)
  putFrameHead(frame, serial, message.length)
  message.copy(frame, frameHeadBytes)
  return frame
}

const noMetadata = Buffer.from([0])
const noError = Buffer.from([0])
/** An error, and of the union of errors the plain text. */
const textError = Buffer.from([1, 0])

const statusBytes = frameHeadBytes + 3

/** Nearly every answer is this: three bytes and the frame's head. */
const bareStatus = (serial: number, status: Status): Buffer => {
  const frame = Buffer.alloc(statusBytes)
  putFrameHead(frame, serial, statusBytes - frameHeadBytes)
  frame[statusBytes - 1] = statusNames.indexOf(status) * 2
  return frame
}

export const statusAnswer = (serial: number, handshake: Uint8Array, status: Status): Buffer =>
  handshake.length === 0
    ? bareStatus(serial, status)
    : framed(serial, [handshake, noMetadata, noError, avroNumber(statusNames.indexOf(status))])

export const errorAnswer = (serial: number, handshake: Uint8Array, text: string): Buffer =>
  framed(serial, [handshake, noMetadata, textError, avroString(text)])

/** The handshake alone: nothing was executed. */
export const handshakeAnswer = (serial: number, handshake: Uint8Array): Buffer => framed(serial, [handshake])
