/**
 * Finds all line ends of a piece of bytes, sixteen bytes at a time, with the processor's vector instructions: `indexOf` looks as fast, but its way in and out of
 * V8, once for each line, costs twice as much as the looking. It is a WebAssembly function of some eighty bytes, put together here instruction by instruction;
 * the numbers are those of WebAssembly's core specification, vector instructions included, and each takes one byte.
 */
import { assert } from '../base/assert.ts'

export interface LineEnds {
  /** Most bytes that can be searched at once. */
  readonly pieceBytes: number
  /** After `find`: where the line ends are, from the piece's beginning; good until the next `find`, of whomever. */
  readonly positions: Int32Array
  /** Searches `length` bytes from `from` on, at least one and all within `bytes`, and gives how many line ends there are. */
  find(bytes: Uint8Array, from: number, length: number): number
}

const pieceBytes = 16 * 1024
const stepBytes = 16
/** After the piece, and what the last step may look at behind it. */
const positionsFrom = pieceBytes + stepBytes
/** Of 64 KB: the piece, and a position of four bytes for each byte of it. */
const pages = 2
const newline = 10

const i32 = 0x7f
const nothing = 0x40
const [loop, when, end, again] = [[0x03, nothing], [0x04, nothing], 0x0b, 0x0d] as const
const [add, subtract, and, quarter, isBelow] = [0x6a, 0x6b, 0x71, [0x41, 2, 0x76], 0x49] as const
const trailingZeros = 0x68
const store = [0x36, 2, 0]
const loadVector = [0xfd, 0x00, 0, 0]
const [inEachByte, equalBytes, bitOfEachByte] = [
  [0xfd, 0x0f],
  [0xfd, 0x23],
  [0xfd, 0x64],
] as const
const constant = (small: number): number[] => [0x41, small]
const get = (local: number): number[] => [0x20, local]
const set = (local: number): number[] => [0x21, local]
const setAndKeep = (local: number): number[] => [0x22, local]

/** The parameters of the function, and its own variables. */
const [at, to, into, found, first] = [0, 1, 2, 3, 4] as const

/** Writes where the line ends between `at` and `to` are, as integers, to `into`, and gives how many. */
const instructions = [
  [get(into), set(first)],
  loop,
  [get(at), loadVector, constant(newline), inEachByte, equalBytes, bitOfEachByte],
  [setAndKeep(found), when],
  loop,
  [get(into), get(at), get(found), trailingZeros, add, store],
  [get(into), constant(4), add, set(into)],
  // The lowest bit goes; as long as another is there, once more.
  [get(found), get(found), constant(1), subtract, and, setAndKeep(found), again, 0],
  [end, end],
  [get(at), constant(stepBytes), add, setAndKeep(at), get(to), isBelow, again, 0],
  end,
  [get(into), get(first), subtract, quarter],
  end,
].flat(2)

const section = (id: number, body: readonly number[]): number[] => {
  assert(body.length < 0x80, 'a section is longer than one byte can say')
  return [id, body.length, ...body]
}
const name = (text: string): number[] => [text.length, ...Buffer.from(text)]

const moduleBytes = (): Uint8Array => {
  const variables = [1, 2, i32]
  const body = [...variables, ...instructions]
  return new Uint8Array(
    [
      [0, ...Buffer.from('asm'), 1, 0, 0, 0],
      section(1, [1, 0x60, 3, i32, i32, i32, 1, i32]),
      section(3, [1, 0]),
      section(5, [1, 0, pages]),
      section(7, [2, ...name('memory'), 2, 0, ...name('search'), 0, 0]),
      section(10, [1, body.length, ...body]),
    ].flat(),
  )
}

/** What of WebAssembly is used; the compiler knows it of browsers only. */
interface WebAssembly {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Search {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly search: (at: number, to: number, into: number) => number
}

const make = (): LineEnds | undefined => {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly?: WebAssembly }
  if (WebAssembly === undefined) return undefined
  const { Module, Instance } = WebAssembly
  const { memory, search } = new Instance(new Module(moduleBytes())).exports as Search
  const piece = new Uint8Array(memory.buffer, 0, positionsFrom)
  return {
    pieceBytes,
    positions: new Int32Array(memory.buffer, positionsFrom),
    find: (bytes, from, length) => {
      piece.set(new Uint8Array(bytes.buffer, bytes.byteOffset + from, length))
      piece.fill(0, length, length + stepBytes)
      return search(0, length, positionsFrom)
    },
  }
}

let made: LineEnds | null | undefined

/** That of this thread, made when the first long chunk comes; undefined where V8 was told to make no code, or the processor has no such instructions. */
export const lineEnds = (): LineEnds | undefined => {
  if (made === undefined) {
    try {
      made = make() ?? null
    } catch {
      made = null
    }
  }
  return made ?? undefined
}
