import type { Failure } from './result.ts'

const CERTIFICATE_ADVICE =
  'Serve a certificate for this name together with its chain (`fullchain.pem`). For a certificate authority of your own, set NODE_EXTRA_CA_CERTS to its file here; browsers need it as well.'

/** What Node calls the ways in which a connection fails. */
const EXPLANATIONS: Readonly<Record<string, (host: string) => Failure>> = {
  ENOTFOUND: (host) => ({
    why: `There is no machine called ${host}.`,
    advice: 'Look at the spelling, and at the DNS record of the name.',
  }),
  EAI_AGAIN: (host) => ({
    why: `The name ${host} could not be looked up: the name server does not answer.`,
    advice: 'Look at this machine’s own network and DNS, then try again.',
  }),
  ECONNREFUSED: (host) => ({
    why: `Nothing listens at ${host}.`,
    advice:
      'Start the server, and compare the port with its first lines of log. HOST=127.0.0.1 listens to its own machine alone: 0.0.0.0 listens to all.',
  }),
  ETIMEDOUT: (host) => ({
    why: `${host} does not answer in time.`,
    advice: 'Usually a firewall drops the packets: let the port through, on the machine and at its provider.',
  }),
  EHOSTUNREACH: (host) => ({ why: `No way leads to ${host}.`, advice: 'Look at the network of this machine.' }),
  ENETUNREACH: (host) => ({ why: `No way leads to ${host}.`, advice: 'Look at the network of this machine.' }),
  ECONNRESET: (host) => ({
    why: `${host} broke the connection off.`,
    advice:
      'Something in between does that: a proxy whose server is gone, a firewall, or plain HTTP spoken to a port that expects TLS (use https://).',
  }),
  EPROTO: (host) => ({
    why: `${host} does not speak TLS.`,
    advice: 'Use http://, or set USE_HTTPS with CERT_PATH and KEY_PATH, or put a proxy with TLS in front.',
  }),
  CERT_HAS_EXPIRED: (host) => ({ why: `The certificate of ${host} has expired.`, advice: 'Renew it.' }),
  CERT_NOT_YET_VALID: (host) => ({
    why: `The certificate of ${host} is not valid yet.`,
    advice: 'Look at the clock of this machine, and at the dates of the certificate.',
  }),
  ERR_TLS_CERT_ALTNAME_INVALID: (host) => ({
    why: `The certificate of ${host} is for another name.`,
    advice: 'Use the name that it is for, or get one that has this name too.',
  }),
  DEPTH_ZERO_SELF_SIGNED_CERT: (host) => ({
    why: `The certificate of ${host} is signed by itself.`,
    advice: CERTIFICATE_ADVICE,
  }),
  SELF_SIGNED_CERT_IN_CHAIN: (host) => ({
    why: `The certificate of ${host} comes from an authority that this machine does not know.`,
    advice: CERTIFICATE_ADVICE,
  }),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: (host) => ({
    why: `${host} sends its certificate without the chain that leads to a known authority.`,
    advice: CERTIFICATE_ADVICE,
  }),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: (host) => ({
    why: `${host} sends its certificate without the chain that leads to a known authority.`,
    advice: CERTIFICATE_ADVICE,
  }),
}

/** Names by other names. */
const ALIASES: Readonly<Record<string, string>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: 'EPROTO',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'EPROTO',
  EPIPE: 'ECONNRESET',
  HPE_INVALID_CONSTANT: 'ECONNRESET',
}

/** Why a connection to `host` failed, whatever failed it. */
export function explainError(error: unknown, host: string): Failure {
  const code = codeOf(error)
  const explain = EXPLANATIONS[ALIASES[code] ?? code]
  if (explain !== undefined) return explain(host)
  const said = error instanceof Error && error.message !== '' ? error.message : code
  return {
    why: `The connection to ${host} failed: ${said}.`,
    advice: 'Look at the logs of the server and of what stands in front of it.',
  }
}

/** A name with several addresses fails with one error for each: the first is as good as any. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return ''
}
