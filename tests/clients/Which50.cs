// Which50's DTOs as a .NET client declares them, by the names and namespaces of the vendor's pages; and its requests.

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
    public const string Controllers = Root + "W50API.Controllers";
}

[DataContract(Name = "ContactBase", Namespace = Spaces.Common)]
[KnownType(typeof(List<object>))]
[KnownType(typeof(List<string>))]
[KnownType(typeof(List<int>))]
[KnownType(typeof(Dictionary<string, object>))]
[KnownType(typeof(Dictionary<string, string>))]
[KnownType(typeof(DateTimeOffset))]
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

[DataContract(Name = "ImportJobCreateRequest", Namespace = Spaces.Controllers)]
public class ImportJobCreateRequest
{
    [DataMember] public List<string> FieldNames;
}

[DataContract(Name = "ImportJob", Namespace = Spaces.Dto)]
public class ImportJob
{
    [DataMember(IsRequired = true)] public int ContactListId;
    [DataMember] public string CurrentStatus;
    [DataMember(IsRequired = true)] public int DroppedContacts;
    [DataMember(IsRequired = true)] public DateTimeOffset? FinishDate;
    [DataMember(IsRequired = true)] public int Id;
    [DataMember(IsRequired = true)] public int InsertedContacts;
    [DataMember(IsRequired = true)] public int InvalidEmailCount;
    [DataMember(IsRequired = true)] public int InvalidSmsCount;
    [DataMember(IsRequired = true)] public int NotUpdatedContacts;
    [DataMember(IsRequired = true)] public int ProgressPercent;
    [DataMember(IsRequired = true)] public DateTimeOffset? StartDate;
    [DataMember(IsRequired = true)] public int TotalContacts;
    [DataMember(IsRequired = true)] public int UpdatedContacts;
}

[DataContract(Name = "SendEmailRequestDTO", Namespace = Spaces.Dto)]
public class SendEmailRequestDTO
{
    [DataMember] public Contact Contact;
    [DataMember] public int EmailId;
}

public class Api
{
    private readonly string address;
    private readonly string authorization;

    public Api(string address, string authorization)
    {
        this.address = address;
        this.authorization = authorization;
    }

    public T Get<T>(string path)
    {
        return Answer<T>(Request(path));
    }

    public T Post<T>(string path, byte[] body, string contentType)
    {
        var request = Request(path);
        request.Method = "POST";
        request.ContentType = contentType;
        request.ContentLength = body.Length;
        using (var stream = request.GetRequestStream())
        {
            stream.Write(body, 0, body.Length);
        }
        return Answer<T>(request);
    }

    private HttpWebRequest Request(string path)
    {
        var request = (HttpWebRequest)WebRequest.Create(address + path);
        request.Accept = "application/xml";
        request.Headers["Authorization"] = authorization;
        return request;
    }

    private static T Answer<T>(WebRequest request)
    {
        using (var response = request.GetResponse())
        using (var body = response.GetResponseStream())
        {
            return (T)new DataContractSerializer(typeof(T)).ReadObject(body);
        }
    }
}

public static class Json
{
    // The members of a DTO by name; dates as JSON writes them.
    public static object Plain(object dto)
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

    public static void Print(object value)
    {
        var text = new JavaScriptSerializer { MaxJsonLength = int.MaxValue }.Serialize(value);
        var bytes = Encoding.UTF8.GetBytes(text);
        Console.OpenStandardOutput().Write(bytes, 0, bytes.Length);
    }
}
