/**
 * What the readers and checkers of a configuration have to say about it, each with the place it is about. Findings are collected, never thrown,
 * so that a person sees everything wrong at once.
 */

/** A fault keeps the agent from starting; a warning is what Flume would pass over in silence; a note is no trouble, only worth knowing. */
export type FindingLevel = 'fault' | 'warning' | 'note'

export interface FileFinding {
  readonly level: FindingLevel
  /** As it was given on the command line. */
  readonly file: string
  /** From 1; 0 when it is about the file as a whole. */
  readonly line: number
  /** What is wrong, a sentence without its full stop. */
  readonly says: string
  /** What to do about it. */
  readonly hint?: string
}

/** `weblog.properties:12`, or the file alone when there is no line. */
export const placeOf = (at: { readonly file: string; readonly line: number }): string =>
  at.line === 0 ? at.file : `${at.file}:${at.line}`

/** `weblog.properties:12: unknown setting hdfs.rolInterval (did you mean hdfs.rollInterval?)`, with `warning:` or `note:` before it where it is one. */
export const findingText = (finding: FileFinding): string => {
  const hint = finding.hint === undefined ? '' : ` (${finding.hint})`
  return `${placeOf(finding)}: ${finding.level === 'fault' ? '' : `${finding.level}: `}${finding.says}${hint}`
}

/** In the order of the files, then of the lines; findings about one line keep their order. */
export const inFileOrder = (findings: readonly FileFinding[]): FileFinding[] => {
  const files = [...new Set(findings.map((f) => f.file))]
  return findings.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line)
}
