/** What the wire can be wrong about. Whoever decodes a peer's bytes catches `Malformed` and closes the connection; nothing else is ever thrown for bad bytes. */

/** The bytes do not say what the protocol allows: too short, a wild length, a null where none may be. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

/** A value cannot be written in this version: a string above 32,767 bytes, a field that the version lacks and that must not be lost. */
export class CannotEncode extends Error {
  override readonly name = 'CannotEncode'
}
