# What Perl's JSON::RPC and LWP make of the mock. Arguments: RPC address, key, image list, send, Authorization.
use strict;
use warnings;
use JSON;
use JSON::RPC::Legacy::Client;
use LWP::UserAgent;

my ($url, $key, $images, $send, $authorization) = @ARGV;
my $agent = LWP::UserAgent->new(keep_alive => 1);

sub call {
    my ($request) = @_;
    my $client = JSON::RPC::Legacy::Client->new;
    $client->version('1.0');    # adds no member; 2.0 is not among the versions that it knows
    my $answer = $client->call($url, $request) or die 'no answer: ' . $client->status_line;
    return decode_json($answer->jsontext);
}

sub post {
    my ($text, @headers) = @_;
    return $agent->post($url, @headers, Content => $text);
}

my %form = (jsonrpc => '2.0', method => 'ping', params => [$key]);
my %answers;
$answers{ping} = call({%form, id => 1});
$answers{messages} = call({%form, id => 2, method => 'get_messages'});
$answers{refused} = call({%form, id => 3, params => ['f' x 32]});
$answers{one_dot_zero} = call({id => 'a-1', method => 'ping', params => [$key]});
$answers{padded} = decode_json(post(encode_json({%form, id => 4}) . ' ' x 900_000)->content);
$answers{batch} = decode_json(post(encode_json([{%form, id => 5}, \%form]))->content);
my $note = post(encode_json({method => 'ping', params => [$key]}));
$answers{notification} = [0 + $note->code, $note->content];

my $list = $agent->get($images, Authorization => $authorization);
$answers{images} = [0 + $list->code, scalar $list->header('Link'), decode_json($list->decoded_content(charset => 'none'))];
my $sent = $agent->post($send, Authorization => $authorization);
$answers{send} = [0 + $sent->code, $sent->content];
$answers{stranger} = 0 + $agent->get($images)->code;
print JSON->new->utf8->encode(\%answers), "\n";
