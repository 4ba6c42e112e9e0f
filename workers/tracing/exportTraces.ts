import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Piece } from './traces.ts'

/** What waits to be sent, at most; what is more is left out, and nobody waits for it. */
const MOST_WAITING = 2_048
const ANSWER_MS = 10_000

/** Sends pieces to `{endpoint}/v1/traces` (OTLP/HTTP), in batches. A receiver that is away costs its pieces alone. */
export function exportTraces(endpoint: string, organisation: string) {
  let next: Piece | undefined
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'hearthwatch', 'hearthwatch.organisation': organisation }),
    // Ids say what a piece is of.
    idGenerator: { generateTraceId: () => next?.traceId ?? '', generateSpanId: () => next?.spanId ?? '' },
    spanProcessors: [
      new BatchSpanProcessor(
        new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces`, timeoutMillis: ANSWER_MS }),
        { maxQueueSize: MOST_WAITING, exportTimeoutMillis: ANSWER_MS, scheduledDelayMillis: 1_000 },
      ),
    ],
  })
  const tracer = provider.getTracer('hearthwatch')
  return {
    send(pieces: readonly Piece[]): void {
      for (const piece of pieces) {
        const { traceId, parentId, name, start, end, attributes, error } = piece
        next = piece
        const parent =
          parentId === undefined
            ? ROOT_CONTEXT
            : trace.setSpanContext(ROOT_CONTEXT, {
                traceId,
                spanId: parentId,
                traceFlags: TraceFlags.SAMPLED,
                isRemote: true,
              })
        const span = tracer.startSpan(name, { startTime: start, attributes }, parent)
        if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error })
        span.end(end)
      }
      next = undefined
    },
    /** What waits is sent first, as far as somebody takes it. */
    close: (): Promise<void> => provider.shutdown().catch(() => undefined),
  }
}
