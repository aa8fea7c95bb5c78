/** Named channels between the pages of one browser. What is posted reaches whoever listens, in the own page too. */
export interface Channels {
  post(name: string, message: Letter): void;
  /** Listens until the returned function is called. */
  listen(name: string, listener: (message: unknown) => void): () => void;
}

/** What is posted: a head in JSON, maybe bytes, and a signature over both. */
export interface Letter {
  readonly head: string;
  readonly body?: Uint8Array | undefined;
  readonly mac?: Uint8Array | undefined;
}

export function broadcastChannels(Channel: typeof BroadcastChannel): Channels {
  return {
    post(name, message) {
      // Open only to post: a channel that stays open is woken by what others post to it.
      const channel = new Channel(name);
      channel.postMessage(message);
      channel.close();
    },
    listen(name, listener) {
      const channel = new Channel(name);
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        listener(data);
      };
      return () => {
        channel.close();
      };
    },
  };
}
