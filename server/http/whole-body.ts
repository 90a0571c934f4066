import type { RequestHandler } from 'express';

/**
 * Waits until a request has come whole, so that what is then read of who sends it isn't older than what
 * they ask: a body can be held back for as long as requests may take, while the session is ended.
 */
export const awaitBody: RequestHandler = (request, _response, next) => {
  const length = Number(request.get('content-length') ?? 0);
  if (length === 0) return next();
  const parts: Buffer[] = [];
  let got = 0;
  const take = () => {
    for (let part = request.read(); part !== null; part = request.read()) {
      parts.push(part);
      got += part.length;
    }
    if (got < length) return;
    request.off('readable', take);
    // In the same breath, before its end is told: whoever reads the form reads it from here.
    request.unshift(Buffer.concat(parts));
    next();
  };
  request.on('readable', take);
};
