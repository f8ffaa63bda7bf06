// Writes Which50's XML as a .NET client does, posts it and reads the answers, all with DataContractSerializer.
// Arguments: base address, Authorization, contact list id, e-mail id. Prints the answers as JSON.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.Serialization;
using System.Text;
using System.Xml;

public static class DataContractWriter
{
    private static byte[] Written(object dto)
    {
        using (var stream = new MemoryStream())
        {
            new DataContractSerializer(dto.GetType()).WriteObject(stream, dto);
            return stream.ToArray();
        }
    }

    private static byte[] Written(object dto, Encoding encoding)
    {
        using (var stream = new MemoryStream())
        {
            using (var writer = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, Encoding = encoding }))
            {
                new DataContractSerializer(dto.GetType()).WriteObject(writer, dto);
            }
            return stream.ToArray();
        }
    }

    private static Contact Somebody(string email, string name)
    {
        return new Contact
        {
            Values = new Dictionary<string, object> { { "Email", email }, { "FirstName", name }, { "Visits", 14 } },
        };
    }

    // A value of every type that .NET writes without being told of it, and of the known types.
    private static Dictionary<string, object> EveryType()
    {
        return new Dictionary<string, object>
        {
            { "string", "Gr\u00e1inne <& \"Co\">\r\n\tb \ud83d\ude00" },
            { "empty", "" },
            { "null", null },
            { "bool", false },
            { "byte", (byte)255 },
            { "sbyte", (sbyte)-128 },
            { "short", (short)-1 },
            { "int", int.MinValue },
            { "long", long.MaxValue },
            { "ulong", ulong.MaxValue },
            { "decimal", 12.5m },
            { "double", 0.1 },
            { "float", 0.5f },
            { "char", 'A' },
            { "guid", new Guid("e1c2b6a0-0000-4000-8000-000000000001") },
            { "span", TimeSpan.FromMinutes(90) },
            { "uri", new Uri("http://example.com/a?b=c&d") },
            { "bytes", new byte[] { 0, 1, 2 } },
            { "utc", new DateTime(2024, 6, 1, 9, 0, 0, DateTimeKind.Utc) },
            { "local", new DateTimeOffset(2024, 6, 1, 10, 0, 0, TimeSpan.FromHours(1)).AddTicks(1) },
            { "objects", new List<object> { "1", 2L, null, new List<object>() } },
            { "strings", new List<string> { "a", null } },
            { "ints", new List<int> { 1, 2 } },
            { "texts", new Dictionary<string, string> { { "k", "v" } } },
        };
    }

    public static void Main(string[] arguments)
    {
        var api = new Api(arguments[0], arguments[1]);
        var list = "/contactLists/" + arguments[2];
        var answers = new Dictionary<string, object>();

        var contact = Somebody("grainne@example.com", "Gr\u00e1inne");
        contact.Values["Address"] = EveryType();
        answers["contact"] = Json.Plain(api.Post<Contact>(list + "/contact", Written(contact), "application/xml"));

        var request = new ImportJobCreateRequest { FieldNames = new List<string> { "Email", "Visits" } };
        var job = api.Post<ImportJob>(list + "/import", Written(request), "application/xml; charset=utf-8");
        var import = list + "/import/" + job.Id;
        var batch = Enumerable.Range(1, 40).Select(n => Somebody("net" + n + "@example.com", "N" + n)).ToList();
        api.Post<ImportJob>(import, Written(batch, Encoding.Unicode), "text/xml; charset=utf-16");
        api.Post<ImportJob>(import + "/run", new byte[0], "application/xml");
        answers["import"] = Json.Plain(api.Get<ImportJob>(import));

        var maeve = Somebody("maeve@example.com", "");
        maeve.ListId = int.Parse(arguments[2]);
        var send = new SendEmailRequestDTO { EmailId = int.Parse(arguments[3]), Contact = maeve };
        var written = Written(send, new UTF8Encoding(true));
        answers["send"] = Json.Plain(api.Post<Contact>("/journeys/sendEmail", written, "application/xml"));
        Json.Print(answers);
    }
}
