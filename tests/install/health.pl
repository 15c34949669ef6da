# Answers GET /health as a node does: PORT NAME LEADER.
use strict;
use warnings;
use Socket;

my ($port, $name, $leader) = @ARGV;
socket(my $server, PF_INET, SOCK_STREAM, 0) or die $!;
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1);
bind($server, sockaddr_in($port, INADDR_LOOPBACK)) or exit 5;
listen($server, 5) or die $!;
$SIG{TERM} = sub { exit 0 };
while (1) {
    accept(my $client, $server) or next;
    while (defined(my $line = <$client>)) { last if $line =~ /^\r?\n$/ }
    my $body = qq({"status":"ok","node":"$name","node_id":"00000000000000aa","uptime":1,"is_leader":$leader});
    print $client "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
    close $client;
}
