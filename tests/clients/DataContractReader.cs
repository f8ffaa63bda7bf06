// Reads Which50's XML as a .NET client does: with DataContractSerializer and typed classes, by the DTOs' contracts.
// Arguments: base address, Authorization, contact ids. Prints what it has read as JSON, by path.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Runtime.Serialization;
using System.Text;
using System.Web.Script.Serialization;

static class Spaces
{
    private const string Root = "http://schemas.datacontract.org/2004/07/";
    public const string Common = Root + "W50Common.Model.DTO";
    public const string Dto = Root + "W50API.Models.DTO";
    public const string Contacts = Root + "W50API.Models.DTO.Contacts";
}

[DataContract(Name = "ContactBase", Namespace = Spaces.Common)]
[KnownType(typeof(List<object>))]
[KnownType(typeof(Dictionary<string, object>))]
public class ContactBase
{
    [DataMember] public string EncContactId;
    [DataMember(IsRequired = true)] public int Id;
    [DataMember(IsRequired = true)] public int ListId;
    [DataMember] public List<string> ValidationWarnings;
    [DataMember] public Dictionary<string, object> Values;
}

[DataContract(Name = "Contact", Namespace = Spaces.Dto)]
public class Contact : ContactBase
{
}

[DataContract(Name = "ContactInteraction", Namespace = Spaces.Contacts)]
public class ContactInteraction
{
    [DataMember] public int? CampaignId;
    [DataMember] public string CampaignName;
    [DataMember(IsRequired = true)] public int Id;
    [DataMember] public string Interaction;
    [DataMember] public string Name;
    [DataMember] public DateTimeOffset? Occurred;
    [DataMember] public string Status;
}

[DataContract(Name = "Campaign", Namespace = Spaces.Dto)]
[KnownType(typeof(List<object>))]
[KnownType(typeof(Dictionary<string, object>))]
public class Campaign
{
    [DataMember(IsRequired = true)] public int AccountId;
    [DataMember] public string Channels;
    [DataMember] public string CmLink;
    [DataMember] public string Comment;
    [DataMember] public object EDocuments;
    [DataMember] public object Emails;
    [DataMember] public DateTimeOffset? EndDate;
    [DataMember(IsRequired = true)] public int Id;
    [DataMember(IsRequired = true)] public int Interactions;
    [DataMember] public object LandingPages;
    [DataMember] public int? ListId;
    [DataMember] public string Name;
    [DataMember(IsRequired = true)] public int Reach;
    [DataMember(IsRequired = true)] public bool ShowInAgentPortal;
    [DataMember] public DateTimeOffset? StartDate;
    [DataMember] public string Status;
    [DataMember] public List<string> Tags;
    [DataMember] public object TextMessages;
    [DataMember(IsRequired = true)] public int Unsubscribes;
}

public static class DataContractReader
{
    private static string authorization;

    private static T Get<T>(string url)
    {
        var request = (HttpWebRequest)WebRequest.Create(url);
        request.Accept = "application/xml";
        request.Headers["Authorization"] = authorization;
        using (var response = request.GetResponse())
        using (var body = response.GetResponseStream())
        {
            return (T)new DataContractSerializer(typeof(T)).ReadObject(body);
        }
    }

    // The members of a DTO by name; dates as JSON writes them.
    private static object Plain(object dto)
    {
        if (dto is DateTimeOffset)
        {
            var form = "yyyy-MM-ddTHH:mm:ss.FFFFFFFK";
            return ((DateTimeOffset)dto).ToString(form, CultureInfo.InvariantCulture);
        }
        if (dto == null || dto.GetType().GetCustomAttributes(typeof(DataContractAttribute), false).Length == 0)
        {
            return dto;
        }
        return dto.GetType().GetFields().ToDictionary(field => field.Name, field => Plain(field.GetValue(dto)));
    }

    public static void Main(string[] arguments)
    {
        authorization = arguments[1];
        var found = new Dictionary<string, object>();
        foreach (var id in arguments.Skip(2))
        {
            var path = "/contacts/" + id;
            var url = arguments[0] + path;
            found[path] = Plain(Get<Contact>(url));
            var interactions = Get<List<ContactInteraction>>(url + "/communications");
            found[path + "/communications"] = interactions.Select(Plain).ToList();
            found[path + "/journeys"] = Get<List<Campaign>>(url + "/journeys").Select(Plain).ToList();
        }
        var text = new JavaScriptSerializer { MaxJsonLength = int.MaxValue }.Serialize(found);
        var bytes = Encoding.UTF8.GetBytes(text);
        Console.OpenStandardOutput().Write(bytes, 0, bytes.Length);
    }
}
