/** Why a WebSocket was closed, and so what to do next. */
export const CloseCode = {
  NORMAL: 1000,
  PROTOCOL_ERROR: 1002,
  ABNORMAL: 1006,
  TOO_BIG: 1009,
  TRY_AGAIN_LATER: 1013,
  BAD_FRAME: 4400,
  UNAUTHENTICATED: 4401,
  TOKEN_EXPIRED: 4402,
  FORBIDDEN: 4403,
  SUPERSEDED: 4409,
  UPGRADE: 4426,
  /** Never on the wire: another tab has the connection now. */
  MOVED: 4900,
} as const;

const FINAL: readonly number[] = [
  CloseCode.PROTOCOL_ERROR,
  CloseCode.TOO_BIG,
  CloseCode.BAD_FRAME,
  CloseCode.FORBIDDEN,
  CloseCode.SUPERSEDED,
  CloseCode.UPGRADE,
];

/** Whether connecting again would only end the same way. What is in the outbox stays there. */
export function isFinal(closeCode: number): boolean {
  return FINAL.includes(closeCode);
}
