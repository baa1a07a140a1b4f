/** What the performance tools send. */
import type { Random } from '../../io/random.ts'

/** The value of the record of this number, from 0. */
export type Payload = (record: number) => Buffer

/** Records of one size, in capital letters, which compress as badly as text does. */
export const randomPayload = (bytes: number, random: Random): Payload => {
  const letters = random.bytes(bytes)
  for (const [i, byte] of letters.entries()) letters[i] = 65 + (byte % 26)
  return () => letters
}

/** One of these at random for each record. */
export const payloadsOf = (texts: readonly string[], random: Random): Payload => {
  const values = texts.map((text) => Buffer.from(text))
  const [first = Buffer.alloc(0)] = values
  return () => values[Math.floor(random.next() * values.length)] ?? first
}
