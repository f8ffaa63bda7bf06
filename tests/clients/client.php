<?php
// What PHP's curl makes of the mock. Arguments: RPC address, key, image list, send, Authorization.
// The JSON-RPC part is as particular as the client library that the vendor published.
[, $url, $key, $images, $send, $authorization] = $argv;

function exchange(string $url, array $options): array
{
    $link = null;
    $curl = curl_init($url);
    $reader = function ($curl, string $line) use (&$link): int {
        if (stripos($line, 'link:') === 0) {
            $link = trim(substr($line, 5));
        }
        return strlen($line);
    };
    $always = [CURLOPT_RETURNTRANSFER => true, CURLOPT_ENCODING => '', CURLOPT_HEADERFUNCTION => $reader];
    curl_setopt_array($curl, $options + $always);
    $body = curl_exec($curl);
    if ($body === false) {
        throw new RuntimeException(curl_error($curl));
    }
    return [curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $link, $body];
}

function post(string $text, array $headers = ['Content-Type: application/json']): array
{
    $options = [CURLOPT_POST => true, CURLOPT_POSTFIELDS => $text, CURLOPT_HTTPHEADER => $headers];
    return exchange($GLOBALS['url'], $options);
}

function call(array $request, string $padding = '', array $headers = ['Content-Type: application/json']): array
{
    [$status, , $body] = post(json_encode($request) . $padding, $headers);
    if (in_array($status, [400, 401, 403, 404, 405, 406, 408, 500, 502, 503], true)) {
        throw new RuntimeException("HTTP $status");
    }
    $answer = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
    if (empty($answer['id']) || $answer['id'] !== $request['id']) {
        throw new RuntimeException('the answer has another id: ' . $body);
    }
    return $answer;
}

$form = ['jsonrpc' => '2.0', 'method' => 'ping', 'params' => [$key]];
$answers = [];
$answers['ping'] = call(['id' => 1] + $form);
$answers['messages'] = call(['id' => 2, 'method' => 'get_messages'] + $form);
$answers['refused'] = call(['id' => 3, 'params' => [str_repeat('f', 32)]] + $form);
$answers['one_dot_zero'] = call(['id' => 'a-1', 'method' => 'ping', 'params' => [$key]], '', ['Content-Type:']);
$answers['padded'] = call(['id' => 4] + $form, str_repeat(' ', 900000), ['Expect: 100-continue']);
$answers['batch'] = json_decode(post(json_encode([['id' => 5] + $form, $form]))[2], true);
[$status, , $body] = post(json_encode(['method' => 'ping', 'params' => [$key]]), []);
$answers['notification'] = [$status, $body];

$login = [CURLOPT_HTTPHEADER => ["Authorization: $authorization"]];
[$status, $link, $body] = exchange($images, $login);
$answers['images'] = [$status, $link, json_decode($body, true)];
[$status, , $body] = exchange($send, $login + [CURLOPT_POST => true, CURLOPT_POSTFIELDS => '']);
$answers['send'] = [$status, $body];
$answers['stranger'] = exchange($images, [])[0];
echo json_encode($answers), "\n";
