/**
 * Regular expressions that clients send. Some take for ever on the wrong text, so they are given little time: a client must not be able to stop the
 * broker with one.
 */
import { runInNewContext } from 'node:vm'
import { javaRegex } from '../../config/java-regex.ts'

/** For all texts of one request together. */
const MATCHING_MS_MAX = 200

/** Those of the texts that match as a whole; undefined for what is no regular expression, or takes too long. */
export const matching = (source: string, texts: readonly string[]): string[] | undefined => {
  try {
    const pattern = javaRegex(source, { whole: true })
    const matches = runInNewContext('texts.map((text) => pattern.test(text))', { pattern, texts }, { timeout: MATCHING_MS_MAX }) as boolean[] // prettier-ignore
    return texts.filter((_, i) => matches[i])
  } catch (thrown) {
    if (thrown instanceof Error || isTimeout(thrown)) return undefined
    throw thrown
  }
}

const isTimeout = (thrown: unknown): boolean =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
