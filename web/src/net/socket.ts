/** One WebSocket to a room: whole binary messages in and out. */

export interface Socket {
  send(frame: Uint8Array<ArrayBuffer>): void;
  /** Closes without waiting; nothing is reported afterwards. */
  abandon(): void;
}

export interface SocketListener {
  opened(): void;
  received(frame: Uint8Array): void;
  closed(code: number, reason: string): void;
}

export type OpenSocket = (boardId: string, listener: SocketListener) => Socket;

export const openSocket: OpenSocket = (boardId, listener) => {
  const url = new URL(`/ws/${encodeURIComponent(boardId)}`, globalThis.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  const whileWanted = new AbortController();
  const { signal } = whileWanted;
  socket.addEventListener('open', () => listener.opened(), { signal });
  socket.addEventListener(
    'message',
    ({ data }) => listener.received(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array()),
    { signal },
  );
  socket.addEventListener('close', ({ code, reason }) => listener.closed(code, reason), { signal });
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    abandon: () => {
      whileWanted.abort();
      socket.close();
    },
  };
};
