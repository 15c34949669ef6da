// A collector: takes POST /v1/metrics in protobuf (OTLP/HTTP), and writes what it has understood to a file, a line a value.
//   node collector.mjs PORT FILE
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import protobuf from 'protobufjs';

const [port, file] = process.argv.slice(2);
const root = await protobuf.load(new URL('metrics.proto', import.meta.url).pathname);
const Request = root.lookupType('opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest');

const labels = attributes => attributes.map(({ key, value }) => `${key}="${value.stringValue}"`).join(',');

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
    const wanted = request.method === 'POST' && request.url === '/v1/metrics' && request.headers['content-type'] === 'application/x-protobuf';
    if (wanted)
      writeFileSync(file, [`authorization ${request.headers.authorization}`, ...lines(Request.decode(Buffer.concat(chunks)))].join('\n') + '\n');
    response.writeHead(wanted ? 200 : 400, { 'content-type': 'application/x-protobuf' }).end();
  });
}).listen(Number(port), '127.0.0.1');
