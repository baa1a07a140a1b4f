/** Reads the configuration files named on the command line. */
import { readFileSync, statSync } from 'node:fs'
import { Fault, reasonOf, systemCode } from '../base/faults.ts'
import type { FileFinding } from '../config/finding.ts'
import type { FileText } from '../config/load.ts'

/** No file that a person wrote is larger; a log given by mistake is. */
const bytesMax = 16 * 1024 * 1024

const bytesOf = (path: string): Buffer => {
  try {
    const { size } = statSync(path)
    if (size > bytesMax) throw new Fault('CONFIG_TOO_LARGE', { path, megabytes: bytesMax / 1024 / 1024 })
    return readFileSync(path)
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown
    if (systemCode(thrown) === 'ENOENT') throw new Fault('CONFIG_MISSING', { path }, thrown)
    throw new Fault('CONFIG_UNREADABLE', { path, problem: reasonOf(thrown) }, thrown)
  }
}

export interface ReadFiles {
  readonly texts: readonly FileText[]
  readonly findings: readonly FileFinding[]
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const notUtf8 = (file: string): FileFinding => ({
  level: 'warning',
  file,
  line: 0,
  says: 'it is not UTF-8, and is read as ISO-8859-1',
  hint: 'save it as UTF-8',
})

/** Throws CONFIG_MISSING, CONFIG_UNREADABLE or CONFIG_TOO_LARGE. Bytes that are not UTF-8 are read as Flume 1.10 and later read all files. */
export const readAgentFiles = (paths: readonly string[]): ReadFiles => {
  const findings: FileFinding[] = []
  const texts = paths.map((file) => {
    const bytes = bytesOf(file)
    try {
      return { file, text: strict.decode(bytes) }
    } catch (thrown) {
      if (!(thrown instanceof TypeError)) throw thrown
      findings.push(notUtf8(file))
      return { file, text: bytes.toString('latin1') }
    }
  })
  return { texts, findings }
}
