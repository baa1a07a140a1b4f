/**
 * What of a Java command line means something here: `-Dkey=value` properties, also those in JAVA_OPTS and FLUME_JAVA_OPTS, which `flume-env.sh`
 * sets; and `-Xmx`, from which the memory channel takes its size. Everything else of a JVM is passed over.
 */

/** The words of a variable such as JAVA_OPTS, by blanks as Flume's launcher splits them. */
const words = (variable: string | undefined): string[] => (variable ?? '').split(/\s+/).filter((word) => word !== '')

const asProperty = (text: string): [string, string] => {
  const at = text.indexOf('=')
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** `given` are the -D texts of the command line, without the `-D`; they win over the environment's. */
export const javaProperties = (
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> => {
  const inherited = [...words(env['JAVA_OPTS']), ...words(env['FLUME_JAVA_OPTS'])]
    .filter((word) => word.startsWith('-D'))
    .map((word) => word.slice(2))
  return new Map([...inherited, ...given].map(asProperty))
}

/** JAVA_OPTS with the -X flags of the command line behind it, where the last one counts. */
export const withJvmFlags = (javaOptions: string | undefined, flags: readonly string[]): string =>
  [...words(javaOptions), ...flags.map((flag) => `-X${flag}`)].join(' ')
