/**
 * As much of RTCPeerConnection as negotiation needs (WebRTC 1.0): signalling states with implicit rollback, and
 * descriptions that belong to one connection. Two are connected when each has applied the other's.
 */
export class ModelPeerConnection {
  static #next = 1
  readonly id = ModelPeerConnection.#next++
  signalingState: RTCSignalingState = 'stable'
  connectionState: RTCPeerConnectionState = 'new'
  localDescription: RTCSessionDescriptionInit | null = null
  remoteDescription: RTCSessionDescriptionInit | null = null
  onconnectionstatechange: (() => void) | null = null
  onicecandidate: (() => void) | null = null
  onsignalingstatechange: (() => void) | null = null
  ontrack: (() => void) | null = null
  readonly #transceivers: { mid: string | null; direction: string; sender: object; receiver: object }[] = []

  /** The `id` of the connection whose description was applied; 0 for none. */
  get peer(): number {
    return Number(/^o=- (\d+)/m.exec(this.remoteDescription?.sdp ?? '')?.[1] ?? 0)
  }

  getTransceivers(): readonly object[] {
    return this.#transceivers
  }

  addTransceiver(kind: string, { direction }: { direction: string }): object {
    const transceiver = {
      mid: null,
      direction,
      sender: { getParameters: () => ({ encodings: [] }), setParameters: async () => undefined },
      receiver: { track: { kind } },
    }
    this.#transceivers.push(transceiver)
    return transceiver
  }

  restartIce(): void {
    // The next offer is a new one in any case.
  }

  async createOffer(): Promise<RTCSessionDescriptionInit> {
    return { type: 'offer', sdp: this.#sdp() }
  }

  async createAnswer(): Promise<RTCSessionDescriptionInit> {
    if (this.signalingState !== 'have-remote-offer') throw new DOMException('no offer', 'InvalidStateError')
    return { type: 'answer', sdp: this.#sdp() }
  }

  async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const isOffer = description.type === 'offer'
    if (this.signalingState !== (isOffer ? 'stable' : 'have-remote-offer')) {
      throw new DOMException(`local ${description.type} in ${this.signalingState}`, 'InvalidStateError')
    }
    this.localDescription = description
    this.#become(isOffer ? 'have-local-offer' : 'stable')
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const isOffer = description.type === 'offer'
    // An offer rolls our own back.
    const mayBe = isOffer ? ['stable', 'have-local-offer'] : ['have-local-offer']
    if (!mayBe.includes(this.signalingState)) {
      throw new DOMException(`remote ${description.type} in ${this.signalingState}`, 'InvalidStateError')
    }
    this.remoteDescription = description
    this.#become(isOffer ? 'have-remote-offer' : 'stable')
  }

  async addIceCandidate(): Promise<void> {
    if (this.remoteDescription === null) throw new DOMException('too early', 'InvalidStateError')
  }

  async getStats(): Promise<ReadonlyMap<string, object>> {
    return new Map()
  }

  /** What ICE and DTLS say. */
  connect(state: RTCPeerConnectionState): void {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }

  close(): void {
    this.signalingState = 'closed'
    this.connectionState = 'closed'
  }

  #sdp(): string {
    return `v=0\r\no=- ${this.id} 1 IN IP4 0.0.0.0\r\n`
  }

  #become(state: RTCSignalingState): void {
    this.signalingState = state
    this.onsignalingstatechange?.()
  }
}
