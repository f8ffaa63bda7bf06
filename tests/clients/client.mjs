// What Node's own fetch makes of the mock. Arguments: RPC address, key, image list, send, Authorization.
import http from 'node:http'

const [url, key, images, send, authorization] = process.argv.slice(2)
const call = (id, method, apiKey = key) => ({ jsonrpc: '2.0', id, method, params: [apiKey] })

async function post (request, headers = { 'Content-Type': 'application/json' }) {
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(request) })).json()
}

// fetch knows no Expect: 100-continue, so the request below waits for the word to go on by itself
function patient (text) {
  return new Promise((resolve, reject) => {
    const headers = { Expect: '100-continue', 'Content-Type': 'application/json' }
    const request = http.request(url, { method: 'POST', headers }, async response => {
      let answer = ''
      for await (const part of response) answer += part
      resolve(JSON.parse(answer))
    })
    request.on('continue', () => request.end(text))
    request.on('error', reject)
    request.flushHeaders()
  })
}

const answers = {}
answers.ping = await post(call(1, 'ping'))
answers.messages = await post(call(2, 'get_messages'))
answers.refused = await post(call(3, 'ping', 'f'.repeat(32)))
answers.one_dot_zero = await post({ id: 'a-1', method: 'ping', params: [key] }, {})
answers.padded = await patient(JSON.stringify(call(4, 'ping')) + ' '.repeat(900000))
answers.batch = await post([call(5, 'ping'), { jsonrpc: '2.0', method: 'ping', params: [key] }])
const note = await fetch(url, { method: 'POST', body: JSON.stringify({ method: 'ping', params: [key] }) })
answers.notification = [note.status, await note.text()]

const headers = { Authorization: authorization }
const list = await fetch(images, { headers })
answers.images = [list.status, list.headers.get('link'), await list.json()]
const sent = await fetch(send, { method: 'POST', headers })
answers.send = [sent.status, await sent.text()]
answers.stranger = (await fetch(images)).status
console.log(JSON.stringify(answers))
