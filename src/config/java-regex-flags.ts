/** The inline flags of Java's regular expressions: `(?i)`, `(?s-m)`, `(?x:…)`. */

export interface Flags {
  readonly anyCase: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
  readonly comments: boolean
  readonly unixLines: boolean
}

export const noFlags: Flags = { anyCase: false, multiline: false, dotAll: false, comments: false, unixLines: false }

const meanings: Readonly<Record<string, keyof Flags | 'nothing'>> = {
  i: 'anyCase',
  m: 'multiline',
  s: 'dotAll',
  x: 'comments',
  d: 'unixLines',
  // Case beyond ASCII, which is how JavaScript compares anyway.
  u: 'nothing',
}

/** `letters` as in `is-m`; what stands behind the minus is turned off. `fail` is told of a letter that has no form here. */
export const flagsFrom = (before: Flags, letters: string, fail: (why: string) => never): Flags => {
  const after: Record<keyof Flags, boolean> = { ...before }
  let on = true
  for (const letter of letters) {
    if (letter === '-') on = false
    else {
      const meaning = meanings[letter]
      if (meaning === undefined) return fail(`the flag (?${letter}) has no form here`)
      if (meaning !== 'nothing') after[meaning] = on
    }
  }
  return after
}
