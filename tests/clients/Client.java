// What Java's own HttpClient makes of the mock. Arguments: RPC address, key, image list, send, Authorization.
// The client is left as it comes: it offers HTTP/2 with every request (Upgrade: h2c).

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

public class Client {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static String url;

    private static HttpResponse<String> exchange(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder post(String text) {
        return HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(text));
    }

    private static String call(String members) throws Exception {
        String text = "{\"jsonrpc\":\"2.0\"," + members + "}";
        return exchange(post(text).header("Content-Type", "application/json")).body();
    }

    private static String members(int id, String method, String key) {
        return "\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":[\"" + key + "\"]";
    }

    public static void main(String[] arguments) throws Exception {
        url = arguments[0];
        String key = arguments[1];
        String old = "\"method\":\"ping\",\"params\":[\"" + key + "\"]}";
        String form = "{\"jsonrpc\":\"2.0\",";
        StringBuilder answers = new StringBuilder("{");
        answers.append("\"ping\":").append(call(members(1, "ping", key)));
        answers.append(",\"messages\":").append(call(members(2, "get_messages", key)));
        answers.append(",\"refused\":").append(call(members(3, "ping", "f".repeat(32))));
        answers.append(",\"one_dot_zero\":").append(exchange(post("{\"id\":\"a-1\"," + old)).body());
        String padded = form + members(4, "ping", key) + "}" + " ".repeat(900_000);
        answers.append(",\"padded\":").append(exchange(post(padded).expectContinue(true)).body());
        String batch = "[" + form + members(5, "ping", key) + "}," + form + old + "]";
        answers.append(",\"batch\":").append(exchange(post(batch)).body());
        HttpResponse<String> note = exchange(post("{" + old));
        answers.append(",\"notification\":[").append(note.statusCode()).append(",\"" + note.body() + "\"]");

        HttpRequest.Builder get = HttpRequest.newBuilder(URI.create(arguments[2]));
        answers.append(",\"stranger\":").append(exchange(get).statusCode());
        HttpResponse<String> list = exchange(get.header("Authorization", arguments[4]));
        answers.append(",\"images\":[").append(list.statusCode());
        answers.append(",\"").append(list.headers().firstValue("link").orElse("")).append("\",");
        answers.append(list.body()).append("]");
        HttpRequest.Builder send = HttpRequest.newBuilder(URI.create(arguments[3]));
        send.header("Authorization", arguments[4]).POST(BodyPublishers.noBody());
        HttpResponse<String> sent = exchange(send);
        answers.append(",\"send\":[").append(sent.statusCode()).append(",\"" + sent.body() + "\"]}");
        System.out.println(answers);
    }
}
