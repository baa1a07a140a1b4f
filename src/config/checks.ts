/**
 * What definitions say about values of which some are not known, since their settings are faulty or missing. What rests on such a one is left out: a
 * default in its place would answer for a file that nobody wrote.
 */

/** Of each row the parsed value, or its default; undefined where a required one is missing. */
export type RowValues = Readonly<Record<string, unknown>>

/** Thrown where a value is read that is not known. */
class NotKnown extends Error {}

const guarded = (values: RowValues, unknown: ReadonlySet<string>): RowValues =>
  new Proxy(values, {
    get(target, key): unknown {
      if (typeof key === 'string' && unknown.has(key)) throw new NotKnown(key)
      return Reflect.get(target, key)
    },
  })

/** What `ask` makes of the values; undefined where it reads one of the `unknown` rows. */
export const answer = <T>(
  values: RowValues,
  unknown: ReadonlySet<string>,
  ask: (values: RowValues) => T,
): T | undefined => {
  if (unknown.size === 0) return ask(values)
  try {
    return ask(guarded(values, unknown))
  } catch {
    // Also where a component stumbles, in a map for instance that lacks a faulty value: after a fault no more is promised.
    return undefined
  }
}

/**
 * Several checks of a component's settings as one. Each is left out by itself where it reads a setting that is faulty, so that such a setting hides
 * what depends on it and nothing else.
 */
export const checks =
  <A extends readonly unknown[], F>(...parts: readonly ((...about: A) => readonly F[])[]) =>
  (...about: A): F[] =>
    parts.flatMap((part) => {
      try {
        return part(...about)
      } catch (thrown) {
        if (thrown instanceof NotKnown) return []
        throw thrown
      }
    })
