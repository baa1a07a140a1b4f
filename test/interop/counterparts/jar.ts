/** Reads text files out of a jar (a zip file): enough of the format for jars that Maven serves. */
import { readFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'

const endMark = 0x06054b50
const endBytes = 22
const localHeaderBytes = 30

/** The texts of all entries whose name matches, by name. */
export const textsInJar = (path: string, matching: RegExp): Map<string, string> => {
  const jar = readFileSync(path)
  let end = jar.length - endBytes
  while (jar.readUInt32LE(end) !== endMark) end--
  const texts = new Map<string, string>()
  let at = jar.readUInt32LE(end + 16)
  for (let left = jar.readUInt16LE(end + 10); left > 0; left--) {
    const nameBytes = jar.readUInt16LE(at + 28)
    const name = jar.toString('utf8', at + 46, at + 46 + nameBytes)
    if (matching.test(name)) texts.set(name, entryText(jar, at))
    at += 46 + nameBytes + jar.readUInt16LE(at + 30) + jar.readUInt16LE(at + 32)
  }
  return texts
}

const entryText = (jar: Buffer, directoryAt: number): string => {
  const isStored = jar.readUInt16LE(directoryAt + 10) === 0
  const size = jar.readUInt32LE(directoryAt + 20)
  const local = jar.readUInt32LE(directoryAt + 42)
  const start = local + localHeaderBytes + jar.readUInt16LE(local + 26) + jar.readUInt16LE(local + 28)
  const bytes = jar.subarray(start, start + size)
  return (isStored ? bytes : inflateRawSync(bytes)).toString('utf8')
}
