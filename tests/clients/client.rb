# What Ruby's Net::HTTP makes of the mock. Arguments: RPC address, key, image list, send, Authorization.
# The JSON-RPC part checks answers as the library does that the vendor's sample used.
require 'json'
require 'net/http'

url, key, images, send_url, authorization = ARGV
RPC = URI(url)
JSON_HEADERS = { 'Content-Type' => 'application/json' }.freeze

def check(answer)
  raise "not the 2.0 form: #{answer}" unless answer['jsonrpc'] == '2.0' && answer.key?('id')
  raise "result and error: #{answer}" unless answer.key?('result') ^ answer.key?('error')

  error = answer['error']
  raise "no error object: #{answer}" unless error.nil? || (error['code'].is_a?(Integer) && error['message'].is_a?(String))

  answer
end

def post(http, text, headers = JSON_HEADERS)
  request = Net::HTTP::Post.new(RPC.request_uri, headers)
  request.body = text
  http.request(request)
end

def call(http, request, padding = '', headers = JSON_HEADERS)
  check(JSON.parse(post(http, request.to_json + padding, headers).body))
end

form = { jsonrpc: '2.0', method: 'ping', params: [key] }
old = { method: 'ping', params: [key] }
answers = {}
Net::HTTP.start(RPC.host, RPC.port) do |http|
  http.continue_timeout = 30
  answers['ping'] = call(http, form.merge(id: 1))
  answers['messages'] = call(http, form.merge(id: 2, method: 'get_messages'))
  answers['refused'] = call(http, form.merge(id: 3, params: ['f' * 32]))
  answers['one_dot_zero'] = JSON.parse(post(http, old.merge(id: 'a-1').to_json, {}).body)
  answers['padded'] = call(http, form.merge(id: 4), ' ' * 900_000, { 'Expect' => '100-continue' })
  answers['batch'] = JSON.parse(post(http, [form.merge(id: 5), form].to_json).body)
  note = post(http, old.to_json, {})
  answers['notification'] = [note.code.to_i, note.body.to_s]

  headers = { 'Authorization' => authorization }
  list = http.get(URI(images).request_uri, headers)
  answers['images'] = [list.code.to_i, list['link'], JSON.parse(list.body)]
  sent = http.post(URI(send_url).request_uri, '', headers)
  answers['send'] = [sent.code.to_i, sent.body]
  answers['stranger'] = http.get(URI(images).request_uri).code.to_i
end
puts JSON.generate(answers)
