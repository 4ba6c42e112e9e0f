import { Problem } from '../core/index.ts'
import { protobufType } from './protobuf.ts'

/** What is read of an export of metrics, and its answer. Source: opentelemetry-proto 1.3. */
const PROTO = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; } }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message NumberDataPoint {
  fixed64 time_unix_nano = 3;
  oneof value { double as_double = 4; sfixed64 as_int = 6; }
  repeated KeyValue attributes = 7;
  uint32 flags = 8;
}
message HistogramDataPoint {
  fixed64 time_unix_nano = 3;
  fixed64 count = 4;
  optional double sum = 5;
  repeated KeyValue attributes = 9;
  uint32 flags = 10;
}
message ExponentialHistogramDataPoint {
  repeated KeyValue attributes = 1;
  fixed64 time_unix_nano = 3;
  fixed64 count = 4;
  optional double sum = 5;
  uint32 flags = 10;
}
message SummaryDataPoint {
  fixed64 time_unix_nano = 3;
  fixed64 count = 4;
  double sum = 5;
  repeated KeyValue attributes = 7;
  uint32 flags = 8;
}
message Points { repeated NumberDataPoint data_points = 1; }
message Histogram { repeated HistogramDataPoint data_points = 1; }
message ExponentialHistogram { repeated ExponentialHistogramDataPoint data_points = 1; }
message Summary { repeated SummaryDataPoint data_points = 1; }
message Metric {
  string name = 1;
  oneof data {
    Points gauge = 5;
    Points sum = 7;
    Histogram histogram = 9;
    ExponentialHistogram exponential_histogram = 10;
    Summary summary = 11;
  }
}
message ScopeMetrics { repeated Metric metrics = 2; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message Request { repeated ResourceMetrics resource_metrics = 1; }
message PartialSuccess { int64 rejected_data_points = 1; string error_message = 2; }
message Response { PartialSuccess partial_success = 1; }`
const request = protobufType(PROTO, 'Request')
const response = protobufType(PROTO, 'Response')

/** The same as the JSON of OTLP says it. @throws Problem `bad-otlp` */
export function decodeOtlp(body: Buffer): unknown {
  try {
    return request().toObject(request().decode(body), { longs: String })
  } catch (error) {
    throw new Problem({
      code: 'bad-otlp',
      message: `This is no export of metrics in protobuf: ${(error as Error).message}.`,
      remedy: 'Send OTLP/HTTP (OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf or http/json).',
      status: 400,
    })
  }
}

/** An answer to who asked in protobuf. */
export const encodeOtlpAnswer = (answer: object): Buffer =>
  Buffer.from(response().encode(response().fromObject(answer)).finish())
