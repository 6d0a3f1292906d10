# An application that ends badly, for the image that ships has Perl: odd_server.pl MANNER SECONDS
# It answers as whoami does, until SIGTERM. From then on, for SECONDS, it resets every connection (reset), or takes
# connections and requests and says nothing (deaf). With SECONDS 0 it is deaf from the start.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_LINGER);

my ($manner, $seconds) = @ARGV;
open my $file, '<', '/etc/hostname' or die "no name: $!";
chomp(my $name = <$file>);
my $port = IO::Socket::INET->new(LocalPort => 80, Listen => 256, ReuseAddr => 1) or die "port 80: $!";
my $all = IO::Select->new($port);
my %pending;
my $odd = $seconds == 0;
my $end = 0;
$SIG{TERM} = sub { $odd = 1; $end = time + $seconds; };

sub reset_it {
  my ($socket) = @_;
  setsockopt $socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0);
  forget($socket);
}

sub forget {
  my ($socket) = @_;
  $all->remove($socket);
  delete $pending{$socket};
  close $socket;
}

# Answers every whole request that is there.
sub answer {
  my ($socket) = @_;
  while ($pending{$socket} =~ /\A(.*?\r\n\r\n)/s) {
    my $need = length $1;
    $need += $1 if $1 =~ /^content-length: *(\d+)/mi;
    last if length $pending{$socket} < $need;
    substr $pending{$socket}, 0, $need, '';
    my $body = "Hostname: $name\n";
    syswrite $socket, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
  }
}

until ($end && time >= $end) {
  if ($odd && $manner eq 'reset') {
    reset_it($_) for grep { $_ != $port } $all->handles;
  }
  for my $socket ($all->can_read(0.05)) {
    if ($socket == $port) {
      my $new = $port->accept or next;
      $all->add($new);
      $pending{$new} = '';
      next;
    }
    if ($odd && $manner eq 'reset') {
      reset_it($socket);
      next;
    }
    my $read = sysread $socket, my $piece, 65536;
    if (!$read) {
      forget($socket);
      next;
    }
    $pending{$socket} .= $piece;
    answer($socket) unless $odd;
  }
}
