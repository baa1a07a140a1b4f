/** SaslAuthenticate: one token of the exchange that SaslHandshake 1 began. 1+ says how long the session lasts. */
import { bytes, defineApi, i16, i64, str } from '../table.ts'

export const saslAuthenticate = defineApi({
  key: 36,
  name: 'SaslAuthenticate',
  versions: [0, 2],
  flexibleFrom: 2,
  request: {
    authBytes: bytes(),
  },
  response: {
    errorCode: i16(),
    errorMessage: str({ nullable: true }),
    authBytes: bytes(),
    sessionLifetimeMs: i64({ since: 1 }), // 0 = no re-authentication needed
  },
})
