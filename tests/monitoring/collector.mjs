// A collector: takes POST /v1/metrics and /v1/traces in protobuf (OTLP/HTTP), and writes what it has understood to files, a line a value or a span.
//   node collector.mjs PORT FILE
import { createServer } from 'node:http';
import { appendFileSync, writeFileSync } from 'node:fs';
import protobuf from 'protobufjs';

const [port, file] = process.argv.slice(2);
const load = async (name, type) => (await protobuf.load(new URL(name, import.meta.url).pathname)).lookupType(`opentelemetry.proto.collector.${type}`);
const Metrics = await load('metrics.proto', 'metrics.v1.ExportMetricsServiceRequest');
const Traces = await load('traces.proto', 'trace.v1.ExportTraceServiceRequest');

const labels = attributes => attributes.map(({ key, value }) => `${key}="${value[value.value]}"`).join(',');

function* spans(request) {
  for (const { resource, scopeSpans } of request.resourceSpans)
    for (const span of scopeSpans.flatMap(scope => scope.spans))
      yield `span ${span.name} kind ${span.kind} {${labels(span.attributes)}} of {${labels(resource.attributes)}}`;
}

function* lines(request) {
  for (const { resource, scopeMetrics } of request.resourceMetrics) {
    yield `resource{${labels(resource.attributes)}}`;
    for (const metric of scopeMetrics.flatMap(scope => scope.metrics)) {
      const kind = metric.sum ? (metric.sum.isMonotonic && metric.sum.aggregationTemporality === 2 ? 'counter' : 'sum') : 'gauge';
      for (const point of (metric.sum ?? metric.gauge).dataPoints)
        yield `${kind} ${metric.name}{${labels(point.attributes)}} ${point.asDouble ?? point.asInt}`;
    }
  }
}

createServer((request, response) => {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk)).on('end', () => {
    const wanted = request.method === 'POST' && request.headers['content-type'] === 'application/x-protobuf';
    const body = Buffer.concat(chunks);
    if (wanted && request.url === '/v1/metrics')
      writeFileSync(file, [`authorization ${request.headers.authorization}`, ...lines(Metrics.decode(body))].join('\n') + '\n');
    else if (wanted && request.url === '/v1/traces')
      appendFileSync(`${file}.traces`, [...spans(Traces.decode(body))].join('\n') + '\n');
    response.writeHead(wanted ? 200 : 400, { 'content-type': 'application/x-protobuf' }).end();
  });
}).listen(Number(port), '127.0.0.1');
