// Reads Which50's XML as a .NET client does: with DataContractSerializer and typed classes, by the DTOs' contracts.
// Arguments: base address, Authorization, contact ids. Prints what it has read as JSON, by path.

using System.Collections.Generic;
using System.Linq;

public static class DataContractReader
{
    public static void Main(string[] arguments)
    {
        var api = new Api(arguments[0], arguments[1]);
        var found = new Dictionary<string, object>();
        foreach (var id in arguments.Skip(2))
        {
            var path = "/contacts/" + id;
            found[path] = Json.Plain(api.Get<Contact>(path));
            var interactions = api.Get<List<ContactInteraction>>(path + "/communications");
            found[path + "/communications"] = interactions.Select(Json.Plain).ToList();
            found[path + "/journeys"] = api.Get<List<Campaign>>(path + "/journeys").Select(Json.Plain).ToList();
        }
        Json.Print(found);
    }
}
