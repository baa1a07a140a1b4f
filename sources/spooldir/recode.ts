/** What becomes of a line's bytes: nothing, unless the file names a character set other than UTF-8 or a policy for bytes that are none. */
import { isUtf8 } from 'node:buffer'
import { charsetOf } from '../../src/formats/charset.ts'

/** The body for a line's bytes. Throws Malformed under the policy FAIL. */
export type Recode = (bytes: Uint8Array) => Uint8Array

export type DecodePolicy = 'FAIL' | 'REPLACE' | 'IGNORE'

/** A line holds bytes that stand for no character, and the file says that this must not be. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

const replacement = '\ufffd'

/** Undefined where bytes pass unchanged. `policy` undefined: lines that can't be decoded pass unchanged. */
export const recodeOf = (
  inputName: string,
  outputName: string,
  policy: DecodePolicy | undefined,
): Recode | undefined => {
  const input = charsetOf(inputName)
  const output = charsetOf(outputName)
  if (input === undefined || output === undefined) throw new Error('check() refuses unknown character sets')
  if (input.isUtf8 && output.isUtf8 && policy === undefined) return undefined
  const wellFormed = input.isUtf8
    ? (bytes: Uint8Array, _text: string) => isUtf8(bytes)
    : (_bytes: Uint8Array, text: string) => !text.includes(replacement)
  return (bytes) => {
    if (input.isUtf8 && output.isUtf8 && isUtf8(bytes)) return bytes
    const text = input.decoder().decode(bytes, true)
    if (wellFormed(bytes, text)) return output.encode(text)
    if (policy === undefined) return bytes
    if (policy === 'FAIL') throw new Malformed(`a line holds bytes that are no ${inputName}`)
    return output.encode(policy === 'REPLACE' ? text : text.replaceAll(replacement, ''))
  }
}
