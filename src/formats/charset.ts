/**
 * Character sets by the names that Java knows them by, for sources whose input is not UTF-8: the input is turned into UTF-8 before anything else
 * looks at it, as Flume does. UTF-8 itself is never decoded, so that bytes which are not valid UTF-8 pass unchanged.
 */

export interface Charset {
  readonly name: string
  /** Bytes pass as they are. */
  readonly isUtf8: boolean
  /** A decoder for one stream of bytes. Bytes that stand for no character become U+FFFD. */
  decoder(): StreamDecoder
  /** Text as bytes of this set; a character it does not have becomes `?`. Only for UTF-8, UTF-16, ASCII and ISO-8859-1; others get UTF-8. */
  encode(text: string): Buffer
}

export interface StreamDecoder {
  /** The text of the next bytes; what ends inside a character waits for the next call, unless `last`. */
  decode(bytes: Uint8Array, last: boolean): string
}

const utf8Names = new Set(['utf-8', 'utf8', 'unicode-1-1-utf-8'])
const latin1Names = new Set(['iso-8859-1', 'iso8859-1', 'latin1', 'l1', '8859-1', 'cp819', 'ibm819'])
const asciiNames = new Set(['us-ascii', 'ascii', 'iso646-us', 'ansi-x3.4-1968', 'cp367'])

const narrow = (text: string, largest: number): Buffer =>
  Buffer.from(Array.from(text, (c) => ((c.codePointAt(0) ?? 0) > largest ? '?' : c)).join(''), 'latin1')

const latin1 = (name: string, largest: number): Charset => ({
  name,
  isUtf8: false,
  decoder: () => ({
    decode(bytes) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
      return largest === 0xff ? text : text.replaceAll(/[\u0080-\u00ff]/g, '\ufffd')
    },
  }),
  encode: (text) => narrow(text, largest),
})

const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

/** Java's plain `UTF-16`: the byte order mark decides, big-endian without one. */
const utf16Decoder = (): StreamDecoder => {
  let chosen: StreamDecoder | undefined
  let first = Buffer.alloc(0)
  return {
    decode(bytes, last) {
      if (chosen !== undefined) return chosen.decode(bytes, last)
      first = Buffer.concat([first, bytes])
      if (first.length < 2 && !last) return ''
      chosen = labelled(first[0] === 0xff && first[1] === 0xfe ? 'utf-16le' : 'utf-16be')
      return chosen.decode(first, last)
    },
  }
}

const labelled = (label: string): StreamDecoder => {
  const decoder = new TextDecoder(label)
  return { decode: (bytes, last) => decoder.decode(bytes, { stream: !last }) }
}

/** How the sets that we also write are written. */
const encoders: Readonly<Record<string, (text: string) => Buffer>> = {
  'utf-16le': (text) => Buffer.from(text, 'utf16le'),
  'utf-16be': bigEndian,
}

const byLabel = (name: string): Charset | undefined => {
  const label = name.replace(/^cp(?=125\d$|874$)/, 'windows-').replace(/^x-(?=windows|gbk|big5)/, '')
  try {
    labelled(label)
  } catch {
    return undefined
  }
  const encode = encoders[label] ?? ((text: string) => Buffer.from(text))
  return { name, isUtf8: false, decoder: () => labelled(label), encode }
}

/** The character set of that name, in any case; undefined when there is none that we know. */
export const charsetOf = (given: string): Charset | undefined => {
  const name = given.trim().toLowerCase().replaceAll('_', '-')
  if (utf8Names.has(name))
    return { name, isUtf8: true, decoder: () => labelled('utf-8'), encode: (t) => Buffer.from(t) }
  if (latin1Names.has(name)) return latin1(name, 0xff)
  if (asciiNames.has(name)) return latin1(name, 0x7f)
  if (name === 'utf-16') return { name, isUtf8: false, decoder: utf16Decoder, encode: bigEndian }
  return byLabel(name)
}
