/** What `hdfs.path` points to: a folder of this machine, or a file system that is not there yet. */

export interface LocalPlace {
  readonly kind: 'local'
  /** The path, its escapes included, without a scheme. */
  readonly path: string
  /** `file:` was written out. */
  readonly isExplicit: boolean
}

export interface OtherPlace {
  readonly kind: 'remote' | 'bad'
  /** What is wrong with it, for a person. */
  readonly problem: string
}

const withScheme = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s

export const placeOf = (given: string): LocalPlace | OtherPlace => {
  const [, scheme, rest = ''] = withScheme.exec(given) ?? []
  if (scheme === undefined) return { kind: 'local', path: given, isExplicit: false }
  if (scheme.toLowerCase() !== 'file')
    return { kind: 'remote', problem: `${scheme}: is not there yet; only paths of this machine are (file:///…)` }
  const path = rest.replace(/^\/\/(?:localhost)?(?=\/)/, '')
  if (!path.startsWith('/') || path.startsWith('//'))
    return { kind: 'bad', problem: `'${given}' names no path of this machine; write file:///path` }
  return { kind: 'local', path, isExplicit: true }
}
